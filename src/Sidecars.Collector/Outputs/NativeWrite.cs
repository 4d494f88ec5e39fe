using System.Runtime.InteropServices;

namespace Sidecars.Collector.Outputs;

/// <summary>write(2) and poll(2): .NET's own write neither tells how much was taken before an error nor whether it would block.</summary>
internal static unsafe partial class NativeWrite
{
    internal const int Interrupted = 4;
    internal const int WouldBlock = 11;
    internal const int BrokenPipe = 32;

    private const short PollOut = 4;

    /// <summary>The number of bytes taken, or -1 with the error set.</summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return (int)Write(descriptor, start, (nuint)bytes.Length);
        }
    }

    /// <summary>Whether a write would not block (or would fail at once); waits for it up to a time, -1 for ever.</summary>
    public static bool IsReady(int descriptor, int milliseconds) => Poll(descriptor, PollOut, milliseconds) != 0;

    /// <summary>Which of the wanted events there are, and errors, which are always wanted; 0 after the time.</summary>
    public static short Poll(int descriptor, short wanted, int milliseconds)
    {
        var entry = new PollEntry { Descriptor = descriptor, Wanted = wanted };
        return Poll(&entry, 1, milliseconds) > 0 ? entry.Seen : (short)0;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Seen;
    }
}
