using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Configuration;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter;

/// <summary>Ties the sources to the host: configuration in, page out, drain at the end.</summary>
internal sealed class AdapterService(LiveOptions<AdapterOptions> options, SourceSet sources, MetricsPage page, DrainSequence drain, TimeProvider time, IHostApplicationLifetime host) : IHostedService, IDisposable
{
    private IDisposable? _changes;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        sources.Failed += host.StopApplication; // unasked, so the exit code is 1
        await sources.ApplyAsync(PlanCompiler.Compile(options.Current, time));
        _changes = options.OnChange(changed => sources.ApplyAsync(PlanCompiler.Compile(changed, time)).GetAwaiter().GetResult());
        page.Add(sources.WriteAsync);
        drain.Add("read logs to the end", sources.DrainAsync);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _changes?.Dispose();
}
