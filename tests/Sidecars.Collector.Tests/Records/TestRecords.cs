using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Records;

/// <summary>Records of a file that is really there.</summary>
internal sealed class TestRecords : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileDiscovery _discovery;

    public TestRecords()
    {
        _folder.Write("a.log", "");
        _discovery = new FileDiscovery(
            new DiscoveryOptions([new DiscoverySource([_folder["a.log"]], [])]),
            TimeProvider.System,
            NullLogger<FileDiscovery>.Instance);
        _discovery.Scan();
    }

    public string Path => _folder["a.log"];

    public static DateTime Time { get; } = new(2026, 11, 24, 3, 5, 0, DateTimeKind.Utc);

    public LogRecord Create(string body, params (string Name, string Value)[] fields) => Create(Encoding.UTF8.GetBytes(body), fields);

    public LogRecord Create(byte[] body, params (string Name, string Value)[] fields)
    {
        var record = new LogRecord { File = _discovery.Files.Single(), Body = body, Time = Time, ReadTime = Time, IsParsed = fields.Length > 0 };
        foreach (var (name, value) in fields)
        {
            record.Fields.Add(FieldName.Of(name), Encoding.UTF8.GetBytes(value));
        }

        return record;
    }

    public void Dispose()
    {
        _discovery.Dispose();
        _folder.Dispose();
    }
}
