using System.Net;
using System.Net.Sockets;
using Sidecars.Ambassador.Listening;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Connects to one upstream. A name for which discovery has no address of its own (localhost, those of the hosts file) is
/// resolved for each connection; it hurts nobody but the connection that asked when it does not resolve. Each address of a name has the timeout for itself:
/// one that swallows packets must not take the time of the next.
/// </summary>
internal sealed class UpstreamConnector(OwnAdminPort admin, TimeProvider time)
{
    /// <summary>After this much silence the kernel asks whether the peer still lives: a vanished server must not hold a connection for ever.</summary>
    private const int KeepAliveSeconds = 60;

    public async Task<ConnectResult> ConnectAsync(TcpAddress target, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            if (target.Unix is { } unix)
            {
                return await ConnectAsync(unix, timeout, cancellation);
            }

            var result = ConnectResult.Failed("dns");
            foreach (var address in await ResolveAsync(target, timeout, cancellation))
            {
                result = await ConnectAsync(new IPEndPoint(address, target.Port), timeout, cancellation);
                if (result.Socket is not null)
                {
                    break;
                }
            }

            return result;
        }
        catch (SocketException e)
        {
            return ConnectResult.Failed(ConnectResult.ReasonOf(e.SocketErrorCode));
        }
        catch (OperationCanceledException)
        {
            return ConnectResult.Failed("dns");
        }
    }

    private async Task<IPAddress[]> ResolveAsync(TcpAddress target, TimeSpan timeout, CancellationToken cancellation)
    {
        if (target.Found is { } found || IPAddress.TryParse(target.Host, out found))
        {
            return [found];
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        return await Dns.GetHostAddressesAsync(target.Host, either.Token);
    }

    private async Task<ConnectResult> ConnectAsync(EndPoint endPoint, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var socket = SocketFor(endPoint);
        try
        {
            await socket.ConnectAsync(endPoint, either.Token);
            admin.Refuse(socket);
            return new ConnectResult(socket, "");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return ConnectResult.Failed(ConnectResult.ReasonOf(e.SocketErrorCode));
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            return ConnectResult.Failed("timeout");
        }
    }

    private static Socket SocketFor(EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint)
        {
            return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        }

        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        return socket;
    }
}
