using System.Net.Sockets;
using System.Security.Authentication;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp.MySql;
using Sidecars.Ambassador.Tcp.PostgreSql;
using Sidecars.Ambassador.Tls;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// All that happens with an upstream before the application's first byte: connect, the PROXY header, and TLS where the
/// protocol lets it begin by then. The same for the application's connections and for health checks.
/// </summary>
internal sealed class UpstreamOpener(TcpServiceOptions options, OwnAdminPort admin, TimeProvider time, ILogger logger)
{
    private readonly UpstreamConnector _connector = new(admin, time);
    private readonly UpstreamTls? _tls = options.Tls is { } tls ? new UpstreamTls(tls, time, logger) : null;

    /// <summary>Opens a connection to one upstream.</summary>
    /// <param name="target">The upstream.</param>
    /// <param name="timeout">The longest time for the connect to one address, and again for what follows.</param>
    /// <param name="addresses">Whose connection it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The open upstream, or why there is none.</returns>
    public Task<OpenUpstream> OpenAsync(TcpAddress target, TimeSpan timeout, ClientAddresses addresses, CancellationToken cancellation) =>
        OpenAsync(target, timeout, addresses, isCheck: false, cancellation);

    /// <summary>Opens a connection of our own, which asks how the upstream is.</summary>
    public Task<OpenUpstream> OpenForCheckAsync(TcpAddress target, TimeSpan timeout, CancellationToken cancellation) =>
        OpenAsync(target, timeout, default, isCheck: true, cancellation);

    private async Task<OpenUpstream> OpenAsync(TcpAddress target, TimeSpan timeout, ClientAddresses addresses, bool isCheck, CancellationToken cancellation)
    {
        var connected = await _connector.ConnectAsync(target, timeout, cancellation);
        if (connected.Socket is not { } socket)
        {
            return OpenUpstream.Failed(connected.Reason);
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);

        // reads in the middle of a protocol are woken by the end of their connection
        using var ending = either.Token.Register(() => socket.Close(0));
        try
        {
            if (options.ProxyProtocol != ProxyProtocolVersion.Off)
            {
                await socket.SendAsync(ProxyHeader.Of(options.ProxyProtocol, addresses.Remote, addresses.Local), SocketFlags.None, either.Token);
            }

            var open = await SecureAsync(socket, target.Host, isCheck, either.Token);
            if (open.End is null)
            {
                socket.Dispose();
            }

            return open;
        }
        catch (Exception e) when (ReasonOf(e) is { } reason)
        {
            socket.Dispose();
            return OpenUpstream.Failed(either.IsCancellationRequested ? "timeout" : reason);
        }
    }

    private Task<OpenUpstream> SecureAsync(Socket socket, string host, bool isCheck, CancellationToken cancellation) => options.Protocol switch
    {
        _ when _tls is null => Task.FromResult(new OpenUpstream(new SocketEnd(socket))),
        TcpProtocol.PostgreSql => PostgreSqlUpgrade.OpenAsync(socket, host, _tls, cancellation),
        TcpProtocol.MySql => isCheck ? MySqlUpgrade.OpenForCheckAsync(socket, host, _tls, cancellation) : MySqlUpgrade.OpenAsync(socket, host, _tls),
        _ => BeginTlsAsync(socket, host, _tls, cancellation),
    };

    private static async Task<OpenUpstream> BeginTlsAsync(Socket socket, string host, UpstreamTls tls, CancellationToken cancellation) =>
        new(new TlsEnd(await tls.SecureAsync(new NetworkStream(socket, ownsSocket: true), host, [], cancellation), socket));

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
