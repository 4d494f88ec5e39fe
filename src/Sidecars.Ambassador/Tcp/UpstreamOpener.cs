using System.Net.Sockets;
using System.Security.Authentication;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// All that happens with an upstream before the application's first byte: connect and the PROXY header. The
/// same for the application's connections and for health checks.
/// </summary>
internal sealed class UpstreamOpener(TcpServiceOptions options, TimeProvider time)
{
    private readonly UpstreamConnector _connector = new(time);

    /// <summary>Opens a connection to one upstream.</summary>
    /// <param name="target">The upstream.</param>
    /// <param name="timeout">The longest time for the connect to one address, and again for what follows.</param>
    /// <param name="addresses">Whose connection it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The open upstream, or why there is none.</returns>
    public async Task<OpenUpstream> OpenAsync(TcpAddress target, TimeSpan timeout, ClientAddresses addresses, CancellationToken cancellation)
    {
        var connected = await _connector.ConnectAsync(target, timeout, cancellation);
        if (connected.Socket is not { } socket)
        {
            return OpenUpstream.Failed(connected.Reason);
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            if (options.ProxyProtocol != ProxyProtocolVersion.Off)
            {
                await socket.SendAsync(ProxyHeader.Of(options.ProxyProtocol, addresses.Remote, addresses.Local), SocketFlags.None, either.Token);
            }

            return new OpenUpstream(new SocketEnd(socket));
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            socket.Dispose();
            return OpenUpstream.Failed(reason);
        }
    }

    /// <summary>Opens a connection of our own, which asks how the upstream is.</summary>
    public Task<OpenUpstream> OpenForCheckAsync(TcpAddress target, TimeSpan timeout, CancellationToken cancellation) =>
        OpenAsync(target, timeout, default, cancellation);

    /// <summary>The reason that metrics and logs use for what went wrong while opening; null for a bug.</summary>
    public static string? ReasonOf(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        SocketException e => ConnectResult.ReasonOf(e.SocketErrorCode),
        IOException { InnerException: SocketException e } => ConnectResult.ReasonOf(e.SocketErrorCode),
        AuthenticationException => "tls",
        InvalidDataException => "protocol",
        IOException or ObjectDisposedException => "closed",
        _ => null,
    };
}
