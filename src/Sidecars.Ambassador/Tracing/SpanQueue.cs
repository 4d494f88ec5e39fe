using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Sidecars.Ambassador.Tracing;

/// <summary>
/// The library's bounded queue between the requests and the exporter. It drops in silence what does not fit; so it is never
/// given as much: what would not fit is dropped here, and counted.
/// </summary>
/// <param name="exporter">Leaves the room when it is done with spans.</param>
/// <param name="options">Sizes and times of the library's queue.</param>
/// <param name="room">As large as that queue.</param>
/// <param name="metrics">Counts what is dropped.</param>
internal sealed class SpanQueue(BaseExporter<Activity> exporter, BatchExportActivityProcessorOptions options, SpanRoom room, SpanMetrics metrics)
    : BatchActivityExportProcessor(exporter, options.MaxQueueSize, options.ScheduledDelayMilliseconds, options.ExporterTimeoutMilliseconds, options.MaxExportBatchSize)
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (!data.Recorded)
        {
            return;
        }

        if (!room.TryTake())
        {
            metrics.QueueFull.Inc();
            return;
        }

        base.OnEnd(data);
    }
}
