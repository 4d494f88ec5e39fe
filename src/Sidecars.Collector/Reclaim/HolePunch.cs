using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Reclaim;

/// <summary>Gives ranges of a file back to its volume: they read as zeros from then on, and neither size nor writers notice.</summary>
internal static partial class HolePunch
{
    private const int KeepSize = 1;
    private const int PunchHole = 2;

    /// <summary>Frees a range, both ends on a block; null when it did, else the reason in few words. Works for renamed and deleted files too.</summary>
    public static string? TryPunch(FileFollower file, long from, long to)
    {
        try
        {
            using var handle = file.OpenForWriting();
            return Call(handle, PunchHole | KeepSize, from, to - from) == 0 ? null : Marshal.GetLastPInvokeErrorMessage();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return exception.Message;
        }
    }

    /// <summary>Whether the file may be written, as punching needs; the reason when it may not.</summary>
    public static string? Check(FileFollower file)
    {
        try
        {
            file.OpenForWriting().Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return exception.Message;
        }
    }

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Call(SafeFileHandle handle, int mode, long offset, long length);
}
