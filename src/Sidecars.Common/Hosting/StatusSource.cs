using Microsoft.Extensions.DependencyInjection;
using Serilog.Events;
using Sidecars.Common.Configuration;
using Sidecars.Common.Health;
using Sidecars.Common.Logging;
using Sidecars.Common.Metrics;
using Sidecars.Common.Status;

namespace Sidecars.Common.Hosting;

/// <summary>Gathers what the status page shows: the sidecar's own sections, and what all have.</summary>
internal sealed class StatusSource<TOptions>
    where TOptions : SidecarOptions, new()
{
    private readonly SidecarIdentity _identity;
    private readonly StatusBoard _board;
    private readonly HealthRegistry _health;
    private readonly ConfigurationReloader<TOptions> _reloader;
    private readonly TimeProvider _time;

    public StatusSource(Sidecar<TOptions> sidecar, IServiceProvider services)
    {
        _identity = sidecar.Identity;
        _board = services.GetRequiredService<StatusBoard>();
        _health = services.GetRequiredService<HealthRegistry>();
        _reloader = services.GetRequiredService<ConfigurationReloader<TOptions>>();
        _time = services.GetRequiredService<TimeProvider>();
        sidecar.AddStatus(_board, services);
        var recent = services.GetRequiredService<SidecarLogging>().Recent;
        _board.AddSection("problems", "Last warnings and errors", () => ProblemsOf(recent));
    }

    /// <summary>The status now.</summary>
    /// <param name="isFromInside">Whether whoever asks is in the pod: mistakes in the configuration are told in full to nobody else.</param>
    public StatusDocument Take(bool isFromInside)
    {
        var reload = _reloader.State;
        return new StatusDocument(
            _identity.Name,
            _identity.Summary,
            ProcessMetrics.ProductVersion,
            _time.GetUtcNow(),
            Math.Round(_board.Uptime.TotalSeconds, 3),
            new StatusHealth(_health.LivenessFailures(), _health.ReadinessFailures(), _health.StartupFailures()),
            new StatusConfiguration(_reloader.File, reload.InForceSince, reload.Problems.Count == 0, reload.Describe(inFull: isFromInside)))
        {
            Tables = [.. _board.Sections.Select(section => (section, section.Table()))],
        };
    }

    private static StatusTable ProblemsOf(RecentProblems recent)
    {
        var table = new StatusTable(new("last_time", "Last"), new("level", "Level"), new("times", "Times"), new("message", "Message"))
        {
            Note = "Of the sidecar's own log, since the start: the last one of each kind.",
        };

        // what is wrong with a configuration is told above, with the care that it needs
        foreach (var problem in recent.ToList().Where(problem => !IsAboutConfiguration(problem.Event)))
        {
            var isError = problem.Event.Level >= LogEventLevel.Error;
            table.Add(
                StatusValue.Time(problem.Event.Timestamp),
                isError ? StatusValue.State("error", StatusLevel.Bad) : StatusValue.State("warning", StatusLevel.Warning),
                StatusValue.Count(problem.Times),
                StatusValue.Text(problem.Message));
        }

        return table;
    }

    private static bool IsAboutConfiguration(LogEvent problem) =>
        problem.Properties.TryGetValue("SourceContext", out var source)
        && source is ScalarValue { Value: string name }
        && name.StartsWith("Sidecars.Common.Configuration.ConfigurationReloader", StringComparison.Ordinal);
}
