using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Sidecars.Testing;

/// <summary>Signals to processes that a test started itself (kill(2)).</summary>
public static partial class UnixSignal
{
    /// <summary>SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGHUP.</summary>
    public const int Hangup = 1;

    /// <summary>SIGQUIT.</summary>
    public const int Quit = 3;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGUSR1.</summary>
    public const int User1 = 10;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGCONT.</summary>
    public const int Continue = 18;

    /// <summary>SIGSTOP: the process stands still until <see cref="Continue"/>.</summary>
    public const int Stop = 19;

    /// <summary>Sends a signal.</summary>
    public static void Send(Process process, int signal) => Send(process.Id, signal);

    /// <summary>Sends a signal to a process by its id, such as a child of one that a test started.</summary>
    public static void Send(int process, int signal)
    {
        if (SendTo(process, signal) != 0)
        {
            throw new InvalidOperationException($"kill {signal} of {process} failed: error {Marshal.GetLastPInvokeError().ToString(CultureInfo.InvariantCulture)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int process, int signal);
}
