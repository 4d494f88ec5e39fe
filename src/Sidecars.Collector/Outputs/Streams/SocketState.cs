using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>What the kernel knows of a connection and .NET does not tell.</summary>
internal static unsafe partial class SocketState
{
    private const short PollError = 0x8;
    private const short PollHungUp = 0x10;
    private const short PollPeerClosed = 0x2000;
    private const int OutQueue = 0x5411;

    /// <summary>Whether the peer closed or reset the connection, although it may have sent bytes that nobody read before that.</summary>
    public static bool IsClosedByPeer(Socket socket) =>
        (NativeWrite.Poll((int)socket.Handle, PollPeerClosed, milliseconds: 0) & (PollPeerClosed | PollHungUp | PollError)) != 0;

    /// <summary>
    /// The bytes that were written and are still on this side: for TCP those that the peer's system did not acknowledge, for a Unix
    /// socket those that the peer did not read (tcp(7), unix(7): SIOCOUTQ). 0 where the system does not tell.
    /// </summary>
    public static int Unacknowledged(Socket socket)
    {
        var bytes = 0;
        return Ioctl((int)socket.Handle, OutQueue, &bytes) == 0 ? bytes : 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, int* value);
}
