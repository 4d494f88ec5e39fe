using System.Collections.Immutable;
using Prometheus;

namespace Sidecars.Common.Metrics;

/// <summary>What <c>/metrics</c> says: families that a sidecar writes itself, then those of the registry, in the Prometheus text format 0.0.4.</summary>
/// <param name="registry">The sidecar's registry.</param>
public sealed class MetricsPage(CollectorRegistry registry)
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private ImmutableArray<Func<Stream, CancellationToken, Task>> _writers = [];

    /// <summary>Adds families that are not in the registry; their names must not be in it either.</summary>
    /// <param name="writeText">Writes whole families in the text format, each line ended.</param>
    public void Add(Func<Stream, CancellationToken, Task> writeText) => ImmutableInterlocked.Update(ref _writers, w => w.Add(writeText));

    /// <summary>Writes the whole page.</summary>
    /// <param name="output">Gets UTF-8 text.</param>
    /// <param name="cancellation">Ends the writing when the reader has gone.</param>
    /// <returns>Done when the page is written.</returns>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        foreach (var write in _writers)
        {
            await write(output, cancellation).ConfigureAwait(false);
        }

        await registry.CollectAndExportAsTextAsync(output, ExpositionFormat.PrometheusText, cancellation).ConfigureAwait(false);
    }
}
