using Sidecars.Adapter.Options;
using Sidecars.Common.Configuration;
using Sidecars.Common.Lifecycle;

namespace Sidecars.Adapter.RemoteWriting;

/// <summary>Pushes at the interval of the configuration in force, and once more in the drain, when all counts are final.</summary>
internal sealed class RemoteWriteService(LiveOptions<AdapterOptions> options, RemoteWriter writer, DrainSequence drain, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        drain.Add("push the last figures", PushLastAsync);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(options.Current.RemoteWrite?.Interval ?? Idle, time, stoppingToken);
            if (options.Current.RemoteWrite is { } wanted)
            {
                await writer.PushAsync(wanted, stoppingToken);
            }
        }
    }

    /// <summary>Tries until it is taken, or can never be, or the drain's time is over: nobody else will tell these figures.</summary>
    private async Task<string> PushLastAsync(CancellationToken deadline)
    {
        if (options.Current.RemoteWrite is not { } wanted)
        {
            return "nothing to push to";
        }

        while (true)
        {
            var outcome = await writer.PushAsync(wanted, deadline);
            if (outcome.Failure is null or "rejected")
            {
                return outcome.Failure is null ? $"samples pushed: {outcome.Samples}" : "the receiver refused them";
            }

            await Task.Delay(BetweenTries, time, deadline);
        }
    }
}
