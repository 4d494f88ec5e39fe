using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace Sidecars.Common.Metrics;

/// <summary>What <c>/metrics</c> says: families that a sidecar writes itself, then those of the registry.</summary>
/// <param name="registry">The sidecar's registry.</param>
public sealed class MetricsPage(CollectorRegistry registry)
{
    private ImmutableArray<Func<Stream, MetricsRequest, CancellationToken, Task>> _writers = [];

    /// <summary>Adds families that are not in the registry; their names must not be in it either.</summary>
    /// <param name="write">Writes whole families in the format asked for, each line ended, without OpenMetrics' <c># EOF</c>.</param>
    public void Add(Func<Stream, MetricsRequest, CancellationToken, Task> write) => ImmutableInterlocked.Update(ref _writers, w => w.Add(write));

    /// <summary>Writes the whole page.</summary>
    /// <param name="output">Gets UTF-8 text.</param>
    /// <param name="request">What the scrape asked for.</param>
    /// <param name="cancellation">Ends the writing when the reader has gone.</param>
    /// <returns>Done when the page is written.</returns>
    public async Task WriteAsync(Stream output, MetricsRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var write in _writers)
        {
            await write(output, request, cancellation).ConfigureAwait(false);
        }

        // the registry's writer ends an OpenMetrics page with its # EOF
        var format = request.Format == MetricsFormat.OpenMetrics ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
        await registry.CollectAndExportAsTextAsync(output, format, cancellation).ConfigureAwait(false);
    }

    /// <summary>Answers a scrape in the format and coding that it accepts.</summary>
    internal async Task AnswerAsync(HttpContext context)
    {
        var request = MetricsNegotiation.Read(context.Request);
        await MetricsAnswer.WriteAsync(context, request, (output, cancellation) => WriteAsync(output, request, cancellation)).ConfigureAwait(false);
    }
}
