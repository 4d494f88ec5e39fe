using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Probing;
using Sidecars.Adapter.Pushing;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.State;
using Sidecars.Common.Configuration;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter;

/// <summary>Ties the sources to the host: configuration in, page out, state on record, drain at the end.</summary>
internal sealed class AdapterService(
    LiveOptions<AdapterOptions> options, SourceSet sources, MetricsPage page, DrainSequence drain, TimeProvider time, AdapterHost host) : IHostedService, IDisposable
{
    private readonly StateStore? _state = options.Current.State.Off ? null : new StateStore(options.Current.State.Directory, host.StateLog);
    private IDisposable? _changes;
    private readonly CancellationTokenSource _stop = new();
    private Task _saving = Task.CompletedTask;
    private TaskCompletionSource? _onRecord;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        sources.Failed += host.Lifetime.StopApplication; // unasked, so the exit code is 1
        await ApplyAsync(options.Current, _state?.Load());
        _changes = options.OnChange(changed => ApplyAsync(changed, null).GetAwaiter().GetResult());
        drain.Add("read logs to the end", sources.DrainAsync);
        if (_state is not null)
        {
            _onRecord = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _saving = Task.Run(() => SaveRegularlyAsync(options.Current.State.Interval), CancellationToken.None);
            drain.Add("put the counts on record", _ => Task.FromResult(Save() ? "state saved" : "state not saved"));
        }

        page.Add(WriteAsync);
        page.Add(host.Receivers.WriteAsync);
        page.Add((output, request, cancellation) => host.Merged.WriteAsync(output, request, host.Receivers.Has, cancellation));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _saving;
    }

    public void Dispose()
    {
        _changes?.Dispose();
        _stop.Dispose();
    }

    private async Task ApplyAsync(AdapterOptions current, SavedState? saved)
    {
        var plan = PlanCompiler.Compile(current, time);
        await sources.ApplyAsync(plan, saved);
        await host.Receivers.ApplyAsync(current, plan);
        host.Merged.Apply(current, plan);
        host.Probes.Apply(current);
    }

    private async Task SaveRegularlyAsync(TimeSpan interval)
    {
        try
        {
            await sources.CaughtUpAsync().WaitAsync(_stop.Token);
            using var timer = new PeriodicTimer(interval, time);
            do
            {
                Save();
                _onRecord!.TrySetResult();
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // asked to end; the drain saved last
        }
        finally
        {
            _onRecord!.TrySetResult();
        }
    }

    /// <summary>What was told once must not be forgotten: the files counted at the start are on record before anyone sees a count.</summary>
    private async Task WriteAsync(Stream output, MetricsRequest request, CancellationToken cancellation)
    {
        await (_onRecord?.Task ?? Task.CompletedTask).WaitAsync(cancellation);
        await sources.WriteAsync(output, request, cancellation);
    }

    private bool Save() => sources.Save() is { } state && _state!.Save(state);
}

/// <summary>What the service needs of the host.</summary>
internal sealed record AdapterHost(IHostApplicationLifetime Lifetime, ILogger<StateStore> StateLog, ReceiverSet Receivers, MergeSet Merged, ProbeSet Probes);
