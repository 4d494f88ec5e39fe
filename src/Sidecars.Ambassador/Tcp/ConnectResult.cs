using System.Net.Sockets;

namespace Sidecars.Ambassador.Tcp;

/// <summary>A connected socket, or the reason why there is none.</summary>
internal readonly record struct ConnectResult(Socket? Socket, string Reason)
{
    public static ConnectResult Failed(string reason) => new(null, reason);

    /// <summary>The bounded set of reasons that metrics and logs use.</summary>
    public static string ReasonOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.TimedOut => "timeout",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => "dns",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressNotAvailable => "unreachable",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "closed",
        SocketError.AccessDenied => "forbidden",
        _ => "error",
    };
}
