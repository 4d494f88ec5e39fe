using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sidecars.Common.Health;
using Sidecars.Common.Lifecycle;

namespace Sidecars.Common.Hosting;

/// <summary>
/// Turns SIGTERM, SIGINT and <c>POST /quitquitquit</c> into one drain and then the host's stop. While it drains the sidecar
/// serves as before; only <c>/readyz</c> says so. A second SIGINT ends the process at once.
/// </summary>
internal sealed partial class DrainLifetime(
    DrainSequence sequence,
    HealthRegistry health,
    IHostApplicationLifetime application,
    Func<ShutdownOptions> options,
    TimeProvider time,
    ILogger<DrainLifetime> log) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _begun;
    private Task _drain = Task.CompletedTask;

    /// <summary>0 after a drain, 130 after SIGINT, 1 when the host stopped without being asked to.</summary>
    public int ExitCode { get; private set; } = 1;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => OnSignal(c, 0)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => OnSignal(c, 0)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, c => OnSignal(c, 130)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Begins the drain unless it has begun.</summary>
    public void BeginDrain(string reason, int exitCode)
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
        {
            ExitCode = exitCode;
            _drain = Task.Run(() => DrainAsync(reason));
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals)
        {
            signal.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context, int exitCode)
    {
        // the second Ctrl-C keeps its default meaning
        context.Cancel = context.Signal != PosixSignal.SIGINT || _begun == 0;
        BeginDrain(context.Signal.ToString(), exitCode);
    }

    private async Task DrainAsync(string reason)
    {
        var shutdown = options();
        using var deadline = new CancellationTokenSource(shutdown.Timeout, time);
        LogBegun(reason, shutdown.Timeout.TotalSeconds);
        health.BeginDrain();
        if (shutdown.Delay > TimeSpan.Zero)
        {
            await Task.Delay(shutdown.Delay, time).ConfigureAwait(false);
        }

        // a signal during the start: the steps that are to be run are registered by what is still starting
        await WaitStartedAsync(deadline.Token).ConfigureAwait(false);
        var complete = await sequence.RunAsync(deadline.Token).ConfigureAwait(false);
        LogEnded(complete);
        application.StopApplication();
    }

    private async Task WaitStartedAsync(CancellationToken deadline)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var whenStarted = application.ApplicationStarted.Register(() => started.TrySetResult());
        using var whenLate = deadline.Register(() => started.TrySetResult());
        await started.Task.ConfigureAwait(false);
    }

    [LoggerMessage(211, LogLevel.Information, "Draining after {Reason}, for at most {Seconds} s")]
    private partial void LogBegun(string reason, double seconds);

    [LoggerMessage(212, LogLevel.Information, "Drain ended; complete: {Complete}")]
    private partial void LogEnded(bool complete);
}
