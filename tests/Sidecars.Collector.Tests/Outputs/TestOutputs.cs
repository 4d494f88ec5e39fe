using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Tests.Outputs;

/// <summary>Outputs without a lane: batches made by hand of records made by hand.</summary>
internal static class TestOutputs
{
    /// <summary>The context of an output, with the environment of the test alone.</summary>
    public static OutputContext Context(TimeProvider? time = null, IReadOnlyDictionary<string, string>? environment = null, CollectorMetrics? metrics = null) => new(
        time ?? TimeProvider.System,
        NullLogger.Instance,
        (metrics ?? new CollectorMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))).Of("out"))
    {
        Environment = name => environment?.GetValueOrDefault(name),
    };

    /// <summary>The batch that a format makes of records.</summary>
    public static Batch Batch(RecordFormat format, params ReadOnlySpan<LogRecord> records)
    {
        var payload = new System.Buffers.ArrayBufferWriter<byte>();
        format.Begin(payload);
        foreach (var record in records)
        {
            format.Write(record, payload);
        }

        format.End(payload);
        return new Batch(default, payload.WrittenMemory, records.Length);
    }
}
