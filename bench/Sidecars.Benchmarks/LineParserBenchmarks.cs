using System.Text;
using BenchmarkDotNet.Attributes;
using Sidecars.Common.Parsing;

namespace Sidecars.Benchmarks;

/// <summary>One line taken apart into named fields, by each parser.</summary>
[MemoryDiagnoser]
public class LineParserBenchmarks
{
    private const int Lines = 1000;

    private static readonly Dictionary<string, string> Samples = new()
    {
        ["combined"] = "203.0.113.7 - - [24/Nov/2026:10:15:32 +0000] \"GET /catalog/items/4711?colour=blue HTTP/1.1\" 200 5316 \"https://shop.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0\"",
        ["json"] = """{"time":"2026-11-24T10:15:32.123Z","level":"info","msg":"request \"done\"","method":"GET","path":"/catalog/items/4711","status":200,"took":0.012,"user":{"id":4711}}""",
        ["logfmt"] = "time=2026-11-24T10:15:32.123Z level=info msg=\"request \\\"done\\\"\" method=GET path=/catalog/items/4711 status=200 took=0.012",
        ["cri"] = "2026-11-24T10:15:32.123456789Z stdout F request done for /catalog/items/4711 in 0.012 s",
        ["syslog"] = "<165>1 2026-11-24T10:15:32.123Z web shop 8710 ID47 [order@32473 id=\"7\"] request done for /catalog/items/4711",
        ["nginx_error"] = "2026/11/24 10:15:32 [error] 12#13: *14 connect() failed (111: Connection refused), client: 10.0.0.1, server: _, request: \"GET / HTTP/1.1\", host: \"shop\"",
        ["log4j"] = "2026-11-24 10:15:32,123 INFO  [http-nio-8080-exec-1] com.shop.Cart - request done for /catalog/items/4711",
        ["regex: ^(?<time>\\S+) (?<level>\\w+) (?<message>.*)$"] = "2026-11-24T10:15:32.123Z INFO request done for /catalog/items/4711",
    };

    private readonly FieldSet _fields = new();
    private LineParser _parser = null!;
    private byte[] _line = [];

    /// <summary>The parser.</summary>
    [ParamsSource(nameof(Specs))]
    public string Spec { get; set; } = "";

    /// <summary>All parsers that are measured.</summary>
    public static IEnumerable<string> Specs => Samples.Keys;

    /// <summary>Makes the parser and its line.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _parser = LineParsers.TryCreate(Spec, ParserSettings.Default, out var parser, out var error) ? parser : throw new InvalidOperationException(error);
        _line = Encoding.UTF8.GetBytes(Samples[Spec]);
    }

    /// <summary>Takes the line apart.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public int Parse()
    {
        var found = 0;
        for (var i = 0; i < Lines; i++)
        {
            _fields.Clear();
            found += _parser.TryParse(_line, _fields) ? _fields.Count : 0;
        }

        return found;
    }
}
