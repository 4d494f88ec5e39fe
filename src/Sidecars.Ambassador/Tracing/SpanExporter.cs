using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using Sidecars.Common.Logging;

namespace Sidecars.Ambassador.Tracing;

/// <summary>The library's exporter, with what it did counted; works on the queue's own thread.</summary>
internal sealed partial class SpanExporter : OtlpTraceExporter
{
    private readonly string _endpoint;
    private readonly SpanRoom _room;
    private readonly SpanMetrics _metrics;
    private readonly ILogger<SpanExporter> _logger;
    private bool _isFailing;

    public SpanExporter(OtlpExporterOptions options, SpanRoom room, SpanMetrics metrics, ILogger<SpanExporter> logger)
        : base(options) => (_endpoint, _room, _metrics, _logger) = (ShownAddress.Of(options.Endpoint), room, metrics, logger);

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = (int)activityBatch.Count;
        var result = base.Export(activityBatch);
        _room.Leave(count);
        Tell(result == ExportResult.Failure);
        (result == ExportResult.Success ? _metrics.Exported : _metrics.ExportFailed).Inc(count);
        return result;
    }

    private void Tell(bool isFailing)
    {
        if (_isFailing == isFailing)
        {
            return;
        }

        _isFailing = isFailing;
        if (isFailing)
        {
            Failing(_logger, _endpoint);
        }
        else
        {
            Recovered(_logger, _endpoint);
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "Spans could not be exported to {Endpoint}; they are dropped until it takes them again")]
    private static partial void Failing(ILogger logger, string endpoint);

    [LoggerMessage(2402, LogLevel.Information, "Spans are exported to {Endpoint} again")]
    private static partial void Recovered(ILogger logger, string endpoint);
}
