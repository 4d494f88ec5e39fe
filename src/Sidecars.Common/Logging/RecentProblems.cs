using Serilog.Core;
using Serilog.Events;

namespace Sidecars.Common.Logging;

/// <summary>
/// The last warnings and errors of the sidecar's own log, one of each kind with how often it came, so that a flood of one hides no
/// other. There are as many kinds as messages in the code, and at most <see cref="MostKinds"/> are kept.
/// </summary>
internal sealed class RecentProblems : ILogEventSink
{
    public const int MostKinds = 50;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, RecentProblem> _byKind = new(StringComparer.Ordinal);

    public void Emit(LogEvent logEvent)
    {
        ArgumentNullException.ThrowIfNull(logEvent);
        if (logEvent.Level < LogEventLevel.Warning)
        {
            return;
        }

        var kind = logEvent.MessageTemplate.Text;
        lock (_lock)
        {
            _byKind[kind] = new RecentProblem(logEvent, _byKind.TryGetValue(kind, out var before) ? before.Times + 1 : 1);
            if (_byKind.Count > MostKinds)
            {
                _byKind.Remove(_byKind.MinBy(entry => entry.Value.Event.Timestamp).Key);
            }
        }
    }

    /// <summary>The newest first.</summary>
    public IReadOnlyList<RecentProblem> ToList()
    {
        lock (_lock)
        {
            return [.. _byKind.Values.OrderByDescending(problem => problem.Event.Timestamp)];
        }
    }
}

/// <summary>A kind of problem.</summary>
/// <param name="Event">The last one.</param>
/// <param name="Times">How many there were since the start.</param>
internal sealed record RecentProblem(LogEvent Event, int Times)
{
    /// <summary>The message for people, with the exception's own, and without its stack.</summary>
    public string Message
    {
        get
        {
            using var text = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
            CompactJsonLine.Message.Format(Event, text);
            return Event.Exception is { } exception ? $"{text}: {exception.Message}" : text.ToString();
        }
    }
}
