using System.Net;
using System.Net.Sockets;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Connects to one upstream. The name is resolved for each connection, so a changed address is seen by the next one and a
/// name that does not resolve hurts nobody but the connection that asked. Each address of a name has the timeout for itself:
/// one that swallows packets must not take the time of the next.
/// </summary>
internal sealed class UpstreamConnector(TimeProvider time)
{
    /// <summary>After this much silence the kernel asks whether the peer still lives: a vanished server must not hold a connection for ever.</summary>
    private const int KeepAliveSeconds = 60;

    public async Task<ConnectResult> ConnectAsync(TcpUpstream upstream, TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var result = ConnectResult.Failed("dns");
            foreach (var address in await ResolveAsync(upstream.Host, timeout, cancellation))
            {
                result = await ConnectAsync(new IPEndPoint(address, upstream.Port), timeout, cancellation);
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
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ConnectResult.Failed("dns");
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, TimeSpan timeout, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        return await Dns.GetHostAddressesAsync(host, either.Token);
    }

    private async Task<ConnectResult> ConnectAsync(IPEndPoint endPoint, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await socket.ConnectAsync(endPoint, either.Token);
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
}
