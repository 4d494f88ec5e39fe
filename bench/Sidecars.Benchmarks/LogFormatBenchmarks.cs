using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecars.Common.Parsing;

namespace Sidecars.Benchmarks;

/// <summary>One access log line cut into its fields: the hot path of the adapter, and of the collector when it parses.</summary>
[MemoryDiagnoser]
public class LogFormatBenchmarks
{
    private const int Lines = 1000;

    private readonly LogFormat _format = LogFormat.Compile("combined");
    private readonly byte[] _line = Encoding.UTF8.GetBytes(
        "203.0.113.7 - - [24/Nov/2026:10:15:32 +0000] \"GET /catalog/items/4711?colour=blue HTTP/1.1\" 200 5316 \"https://shop.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0\"");

    /// <summary>Scans the line.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public int Combined()
    {
        Span<FieldSpan> values = stackalloc FieldSpan[_format.Variables.Count];
        var length = 0;
        for (var i = 0; i < Lines; i++)
        {
            _format.Scan(_line, values);
            length += values[^1].Length;
        }

        return length;
    }
}
