using System.Globalization;
using Sidecars.Common.Lifecycle;

namespace Sidecars.Ambassador.Drain;

/// <summary>
/// The shutdown contract of the ambassador. As a native sidecar it gets SIGTERM when the application has ended, as a plain
/// container together with it: in both cases the application may still need its database to end well, so the listeners
/// keep accepting until nothing is under way for a quiet while. What is left at the deadline is cut, and counted in the outcome.
/// </summary>
internal sealed class TrafficDrain(InFlight inFlight, DrainSequence sequence, TimeProvider time) : IHostedService
{
    /// <summary>How long nothing may be under way, and nothing may begin, before the traffic counts as over.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        sequence.Add("serve until idle", WaitAsync);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Waits for the end of the traffic.</summary>
    /// <param name="deadline">Ends the wait.</param>
    /// <returns>The outcome, as it is logged.</returns>
    public async Task<string> WaitAsync(CancellationToken deadline)
    {
        var before = inFlight.Started;
        try
        {
            long seen;
            do
            {
                seen = inFlight.Started;
                await Task.Delay(Quiet, time, deadline);
            }
            while (inFlight.Current > 0 || inFlight.Started != seen);
        }
        catch (OperationCanceledException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"deadline reached: {inFlight.Current} requests and connections cut");
        }

        return string.Create(CultureInfo.InvariantCulture, $"idle; {inFlight.Started - before} more were served while draining");
    }
}
