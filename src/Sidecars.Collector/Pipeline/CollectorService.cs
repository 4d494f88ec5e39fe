using System.Text.Json;
using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;
using Sidecars.Common.Health;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>Keeps one pipeline at work: from start, over changed configurations, to the drain.</summary>
internal sealed class CollectorService(
    LiveOptions<CollectorOptions> options,
    PipelineFactory factory,
    CollectorMetrics metrics,
    CollectorLife life,
    PipelineLog log) : IHostedService, IDisposable
{
    private const double DrainShare = 0.8;
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReplaceTimeout = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _changing = new(1, 1);
    private LogPipeline? _pipeline;
    private CollectorOptions _started = options.Current;
    private string _configuration = "";
    private IDisposable? _subscription;
    private ProgressMark? _progress;
    private bool _isSaved;
    private bool _isCutShort;

    /// <summary>The pipeline at work; null before the start.</summary>
    public LogPipeline? Pipeline => _pipeline;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var gate = life.Health.AddStartup("first look at the files");
        _progress = life.Health.AddProgress("discovery", TimeSpan.FromMinutes(2));
        Start(options.Current);
        _subscription = options.OnChange(_ => Task.Run(ReplaceAsync, CancellationToken.None));
        life.Registry.AddBeforeCollectCallback(Report);
        life.Drain.Add("read files to their end", DrainAsync);
        life.Drain.Add("stop outputs and save cursors", SaveAsync);
        gate.Open();
        return Task.CompletedTask;
    }

    /// <summary>After the drain: the last line of the log says what became of every byte.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        if (_pipeline is not { } pipeline)
        {
            return;
        }

        var account = pipeline.Account();
        var hasRest = pipeline.Lanes.Any(lane => lane.PendingBytes > lane.SpilledBytes);
        await pipeline.DisposeAsync().ConfigureAwait(false);
        if (hasRest)
        {
            log.EndedWithRest(account, _isSaved);
        }
        else
        {
            log.EndedWithAll(account, _isSaved);
        }
    }

    public void Dispose() => _changing.Dispose();

    private void Start(CollectorOptions current)
    {
        var pipeline = factory.Create(current, () => _progress?.Beat(), _pipeline?.Cursors);
        pipeline.Start();
        _pipeline = pipeline;
        _started = current;
        _configuration = Relevant(current);
        var outputs = string.Join(", ", _pipeline.Lanes.Select(lane => lane.Name));
        log.PipelineStarted(_pipeline.Discovery.Files.Count, outputs);
    }

    /// <summary>To the options in force by now: of two changes in quick succession the later one counts, whichever is here first.</summary>
    private async Task ReplaceAsync()
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var changed = options.Current;
            if (_pipeline is not { } old || _configuration == Relevant(changed))
            {
                return;
            }

            log.PipelineIsReplaced();
            using (var deadline = new CancellationTokenSource(ReplaceTimeout, life.Time))
            {
                await old.StopAsync(deadline.Token).ConfigureAwait(false);
            }

            await old.DisposeAsync().ConfigureAwait(false);
            _configuration = "";
            StartOrGoBack(changed);
        }
#pragma warning disable CA1031 // nobody awaits this; the log is where it is seen
        catch (Exception exception)
#pragma warning restore CA1031
        {
            log.PipelineWasNotReplaced(exception);
        }
        finally
        {
            _changing.Release();
        }
    }

    private void StartOrGoBack(CollectorOptions changed)
    {
        try
        {
            Start(changed);
        }
        catch
        {
            Start(_started);
            throw;
        }
    }

    private async Task<string> DrainAsync(CancellationToken deadline)
    {
        await _changing.WaitAsync(deadline).ConfigureAwait(false);
        var pipeline = _pipeline!;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        if (options.Current.Spill == SpillMode.Stdout)
        {
            // spilling takes its time too
            ended.CancelAfter(options.Current.Shutdown.Timeout * DrainShare);
        }

        var telling = TellProgressAsync(pipeline, ended.Token);
        try
        {
            await pipeline.DrainAsync(ended.Token).ConfigureAwait(false);
            return pipeline.Account();
        }
        catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
        {
            _isCutShort = true;
            return "not all of it: " + pipeline.Account();
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await telling.ConfigureAwait(false);
        }
    }

    private async Task TellProgressAsync(LogPipeline pipeline, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(ProgressInterval, life.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
            {
                var account = pipeline.Account();
                log.IsDraining(account);
            }
        }
        catch (OperationCanceledException)
        {
            // the drain is over
        }
    }

    private async Task<string> SaveAsync(CancellationToken deadline)
    {
        var pipeline = _pipeline!;
        _isSaved = await pipeline.StopAsync(_isCutShort ? new CancellationToken(canceled: true) : deadline).ConfigureAwait(false);
        if (factory.CreateSpill(_started) is { } spill)
        {
            await spill.RunAsync(pipeline, deadline).ConfigureAwait(false);
        }

        return _isSaved ? "saved" : "not saved: the state directory cannot be written";
    }

    private void Report()
    {
        if (_pipeline is not { } pipeline)
        {
            return;
        }

        foreach (var lane in pipeline.Lanes)
        {
            lane.Report();
        }

        var files = pipeline.Discovery.Files;
        metrics.SetFiles("active", files.Count(file => file.State == FileState.Active));
        metrics.SetFiles("rotated", files.Count(file => file.State == FileState.Rotated));
        metrics.SetPersistent(pipeline.Cursors.IsPersistent);
    }

    /// <summary>The part of the options that a pipeline is made of.</summary>
    private static string Relevant(CollectorOptions options) => JsonSerializer.Serialize(
        new CollectorOptions { Inputs = options.Inputs, Outputs = options.Outputs, File = options.File, State = options.State, Follow = options.Follow, Memory = options.Memory, Spill = options.Spill, Reclaim = options.Reclaim, Volume = options.Volume, DeadLetters = options.DeadLetters },
        CollectorOptionsContext.ForComparison.CollectorOptions);
}

/// <summary>What the host offers a service for its life: health, drain, metrics, time.</summary>
internal sealed record CollectorLife(HealthRegistry Health, DrainSequence Drain, CollectorRegistry Registry, TimeProvider Time);
