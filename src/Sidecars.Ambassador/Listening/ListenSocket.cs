using System.Net;
using System.Net.Sockets;

namespace Sidecars.Ambassador.Listening;

/// <summary>
/// Binds the sockets that applications connect to, for HTTP and TCP alike. The hard case is a Unix socket: its file
/// outlives the process that made it (a container restart keeps the volume), so one that nobody answers on is replaced,
/// and its mode lets the application in whatever user it runs as; who may reach the volume may use the socket.
/// </summary>
internal static class ListenSocket
{
    private const UnixFileMode Everyone =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>A bound socket that does not listen yet.</summary>
    /// <param name="endPoint">An address or a Unix socket's path.</param>
    /// <returns>The bound socket.</returns>
    public static Socket Bind(EndPoint endPoint) => endPoint is UnixDomainSocketEndPoint unix ? BindUnix(unix) : BindIP((IPEndPoint)endPoint);

    private static Socket BindIP(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket BindUnix(UnixDomainSocketEndPoint endPoint)
    {
        var path = endPoint.ToString();
        RemoveAbandoned(endPoint, path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, Everyone);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Removes a socket file without a listener; a file of another kind or a live socket is left for bind to complain about.</summary>
    private static void RemoveAbandoned(UnixDomainSocketEndPoint endPoint, string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // not a socket, or not ours to judge: bind will say so
        }
    }
}
