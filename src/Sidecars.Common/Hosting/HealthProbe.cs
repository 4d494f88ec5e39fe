using System.Net;
using System.Net.Sockets;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Hosting;

/// <summary>The client side of the health endpoints, for images that have no shell and no curl.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(ListenAddress listen, string probe, CancellationToken cancellation)
    {
        var path = probe switch { "live" => "healthz", "startup" => "startupz", _ => "readyz" };
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(listen.EndPoint, token), UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = Deadline };
        try
        {
            using var response = await client.GetAsync(new Uri($"http://localhost/{path}"), cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            await Console.Out.WriteAsync(text).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"no answer from {listen}: {e.GetBaseException().Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellation)
    {
        var target = endPoint is IPEndPoint ip && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any))
            ? new IPEndPoint(IPAddress.Loopback, ip.Port)
            : endPoint;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
