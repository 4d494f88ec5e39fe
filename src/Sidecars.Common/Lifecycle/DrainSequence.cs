using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Lifecycle;

/// <summary>
/// What a sidecar does between SIGTERM and exit: steps in order of registration, under one deadline. A step that fails or
/// runs into the deadline never keeps the later ones from being tried.
/// </summary>
/// <param name="log">Gets each step's outcome.</param>
public sealed partial class DrainSequence(ILogger<DrainSequence> log)
{
    private ImmutableArray<(string Name, Func<CancellationToken, Task<string>> Run)> _steps = [];

    /// <summary>Adds a step behind those that are there.</summary>
    /// <param name="name">For the log, for example <c>read to the end</c>.</param>
    /// <param name="step">Does it and returns the outcome in words. The token ends at the deadline: then save what can be saved, quickly.</param>
    public void Add(string name, Func<CancellationToken, Task<string>> step) => ImmutableInterlocked.Update(ref _steps, s => s.Add((name, step)));

    internal async Task<bool> RunAsync(CancellationToken deadline)
    {
        var complete = true;
        foreach (var (name, run) in _steps)
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                var outcome = await run(deadline).ConfigureAwait(false);
                LogDone(name, outcome, Milliseconds(started));
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                complete = false;
                LogLate(name, Milliseconds(started));
            }
#pragma warning disable CA1031 // a failed step must not keep the next ones from saving what they can
            catch (Exception e)
#pragma warning restore CA1031
            {
                complete = false;
                LogFailed(name, Milliseconds(started), e);
            }
        }

        return complete;
    }

    private static long Milliseconds(long started) => (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;

    [LoggerMessage(201, LogLevel.Information, "Drain step done: {Step}: {Outcome} ({Milliseconds} ms)")]
    private partial void LogDone(string step, string outcome, long milliseconds);

    [LoggerMessage(202, LogLevel.Error, "Drain step cut short by the deadline: {Step} ({Milliseconds} ms)")]
    private partial void LogLate(string step, long milliseconds);

    [LoggerMessage(203, LogLevel.Error, "Drain step failed: {Step} ({Milliseconds} ms)")]
    private partial void LogFailed(string step, long milliseconds, Exception exception);
}
