using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Sources;

/// <summary>Runs a command and takes what it prints for a page. When it has ended, or time is over, or it prints too much, nothing of it is left.</summary>
internal static class CommandPage
{
    private const string Path = "PATH";
    private const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>How often it is looked whether the command has ended or is to.</summary>
    private const int Look = 50;

    private const int ShortLook = 2;

    /// <summary>The output, or why there is none: <c>start</c>, <c>exit</c> or <c>too_large</c>. Ends with an OperationCanceledException when time is over.</summary>
    public static Task<PageAnswer> RunAsync(PageAddress address, TimeProvider time, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => RunHereAsync(address, time, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Holds the thread until the command has ended or is killed.</summary>
    private static async Task<PageAnswer> RunHereAsync(PageAddress address, TimeProvider time, CancellationToken cancellation)
    {
        var environment = new Dictionary<string, string>(address.Environment);
        environment.TryAdd(Path, UsualPath);
        await using var command = CommandProcess.Start(address.Command, environment, time, out var reason);
        if (command is null)
        {
            return new PageAnswer(default, "start", $"{address} could not be started: {reason}");
        }

        return Read(command, cancellation) is not { } output ? new PageAnswer(default, "too_large", $"{address} prints more than {StatusFile.Longest} bytes")
            : End(command, cancellation) is { Status: not 0 } end ? new PageAnswer(default, "exit", $"{address} ended with {(end.BySignal ? "signal" : "code")} {end.Status}")
            : new PageAnswer(output, null, "");
    }

    /// <summary>Reads up to the end of the output, or of the command: what it left in the background may hold the output open. Null where it is too much.</summary>
    private static Memory<byte>? Read(CommandProcess command, CancellationToken cancellation)
    {
        var output = new byte[4096];
        var length = 0;
        var hasEnded = false;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = command.Read(output.AsSpan(length), hasEnded ? 0 : Look);
            if (read == 0 || (read < 0 && hasEnded))
            {
                return output.AsMemory(0, length);
            }

            hasEnded = read < 0 && command.End() is not null;
            length += Math.Max(0, read);
            if (length > StatusFile.Longest)
            {
                return null;
            }

            if (length == output.Length)
            {
                Array.Resize(ref output, output.Length * 2);
            }
        }
    }

    private static CommandEnd End(CommandProcess command, CancellationToken cancellation)
    {
        while (true)
        {
            if (command.End() is { } end)
            {
                return end;
            }

            // it has closed its output, and mostly ends at once
            if (cancellation.WaitHandle.WaitOne(ShortLook))
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
