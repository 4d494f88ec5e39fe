using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace Sidecars.Common.Configuration;

/// <summary>
/// Reads the configuration again when it may have changed, puts it in force when it is right and keeps the old one when it is not.
/// </summary>
internal sealed partial class ConfigurationReloader<TOptions>
    where TOptions : class, new()
{
    private readonly ConfigurationLoader<TOptions> _loader;
    private readonly LiveOptions<TOptions> _live;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Gauge _successful;
    private readonly Gauge _successTime;
    private readonly Counter.Child _applied;
    private readonly Counter.Child _rejected;
    private JsonObject _inForce;
    private string _lastProblems = "";
    private volatile ReloadState _state = new(default, []);

    public ConfigurationReloader(
        ConfigurationLoader<TOptions> loader,
        LoadedConfiguration<TOptions> initial,
        LiveOptions<TOptions> live,
        IMetricFactory metrics,
        TimeProvider time,
        ILogger<ConfigurationReloader<TOptions>> log)
    {
        (_loader, _inForce, _live, _log, _time) = (loader, initial.Bound, live, log, time);
        _successful = metrics.CreateGauge("sidecars_config_last_reload_successful", "Whether the configuration last read was right and is in force (1), or an older one is (0).");
        _successTime = metrics.CreateGauge("sidecars_config_last_reload_success_timestamp_seconds", "When the configuration in force was read, in seconds since 1970.");
        var reloads = metrics.CreateCounter("sidecars_config_reloads_total", "Changed configurations read, by result.", ["result"]);
        _applied = reloads.WithLabels("applied");
        _rejected = reloads.WithLabels("rejected");
        Succeeded();
    }

    public string? File => _loader.Source.File;

    /// <summary>How the last reload went.</summary>
    public ReloadState State => _state;

    /// <summary>Reads the file now. Safe to call at any time; a file that says what is in force already changes nothing.</summary>
    /// <returns>Every mistake; empty when what the file says is in force.</returns>
    public IReadOnlyList<Problem> Reload()
    {
        lock (_gate)
        {
            var loaded = _loader.Load();
            if (!loaded.IsValid)
            {
                Reject(loaded.Problems);
            }
            else if (!JsonNode.DeepEquals(loaded.Bound, _inForce))
            {
                return Apply(loaded);
            }
            else if (_lastProblems.Length > 0)
            {
                // mended by going back to what is in force
                Succeeded();
            }

            return loaded.Problems;
        }
    }

    private IReadOnlyList<Problem> Apply(LoadedConfiguration<TOptions> loaded)
    {
        try
        {
            _live.Apply(loaded.Options);
        }
#pragma warning disable CA1031 // whatever a listener throws, the sidecar goes on and says so
        catch (Exception e)
#pragma warning restore CA1031
        {
            Problem problem = new(loaded.Root.Position, "", $"this is right, but could not be put in force: {e.Message}");
            Reject([problem]);
            return [problem];
        }

        _inForce = loaded.Bound;
        _applied.Inc();
        Succeeded();
        LogApplied(File ?? "defaults");
        return [];
    }

    private void Reject(IReadOnlyList<Problem> problems)
    {
        var text = string.Join('\n', problems);
        if (text == _lastProblems)
        {
            return;
        }

        _lastProblems = text;
        _state = _state with { Problems = problems };
        _successful.Set(0);
        _rejected.Inc();
        foreach (var problem in problems)
        {
            LogProblem(problem.ToString());
        }

        LogKept(problems.Count);
    }

    private void Succeeded()
    {
        _lastProblems = "";
        _successful.Set(1);
        _state = new ReloadState(_time.GetUtcNow(), []);
        _successTime.Set(_state.InForceSince.ToUnixTimeMilliseconds() / 1000.0);
    }

    [LoggerMessage(101, LogLevel.Information, "Configuration changed and applied: {File}")]
    private partial void LogApplied(string file);

    [LoggerMessage(102, LogLevel.Error, "{Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(103, LogLevel.Error, "The changed configuration was refused (mistakes: {Count}); the old one stays in force")]
    private partial void LogKept(int count);
}
