using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sidecars.Testing;

/// <summary>A real server from a Debian package as a child process with a folder of its own; killed and cleaned up at dispose.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder? _folder;
    private readonly Process _process;
    private readonly Task<string[]> _output;

    private ServerProcess(TempFolder? folder, Process process)
    {
        (_folder, _process) = (folder, process);
        _output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts a program; the server owns the folder, if there is one, from then on.</summary>
    public static ServerProcess Start(TempFolder? folder, string program, params IEnumerable<string> arguments) => new(folder, Launch(program, arguments));

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    public static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Launch(program, arguments);
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {string.Concat(await output)}");
        }
    }

    /// <summary>Waits until somebody accepts connections on the port of 127.0.0.1.</summary>
    public async Task WaitAcceptingAsync(int port) => await Eventually.True(
        async () =>
        {
            if (_process.HasExited)
            {
                return true;
            }

            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        },
        StartDeadline);

    /// <summary>Sends it a signal of <see cref="UnixSignal"/>.</summary>
    public void Signal(int signal) => UnixSignal.Send(_process, signal);

    /// <summary>Asks it to end (SIGTERM) and waits until it did.</summary>
    public async Task TerminateAsync()
    {
        UnixSignal.Send(_process, UnixSignal.Terminate);
        using var deadline = new CancellationTokenSource(StopDeadline);
        await _process.WaitForExitAsync(deadline.Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
        _folder?.Dispose();
    }

    private static Process Launch(string program, IEnumerable<string> arguments)
    {
        var sbin = Path.Combine("/usr/sbin", program);
        var start = new ProcessStartInfo(File.Exists(sbin) ? sbin : program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} was not started");
    }
}
