using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tracing;

/// <summary>
/// The spans of a relayed connection: one for its whole life, and below it one for each server that it was tried to connect to.
/// What the bytes say is not looked at, so that each begins a trace of its own. Names and attributes are OpenTelemetry's
/// for networks; what has no name there begins with <c>sidecars.</c>
/// </summary>
/// <param name="source">Makes them; null where nobody is to get them.</param>
internal sealed class ConnectionSpans(ActivitySource? source)
{
    /// <summary>Begins the span of a connection that was accepted; null where there are none.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="listener">Where it was accepted.</param>
    public Activity? Begin(string service, EndPoint? listener)
    {
        if (source is null)
        {
            return null;
        }

        Activity.Current = null;
        var connection = source.StartActivity($"TCP {service}", ActivityKind.Client);
        if (connection is { IsAllDataRequested: true } span)
        {
            span.SetTag("sidecars.service", service);
            span.SetTag("network.transport", listener is UnixDomainSocketEndPoint ? "unix" : "tcp");
            span.SetTag("server.address", listener is IPEndPoint { Address: var address } ? address.ToString() : listener?.ToString());
            span.SetTag("server.port", (listener as IPEndPoint)?.Port);
        }

        return connection;
    }

    /// <summary>Begins the span of connecting to a server, all that has to be said before its first bytes may pass included.</summary>
    /// <param name="connection">The span of the connection, or null.</param>
    /// <param name="upstream">The server.</param>
    /// <param name="tries">Which server it is in turn: 1 for the first.</param>
    public Activity? StartTry(Activity? connection, TcpUpstream upstream, int tries)
    {
        if (connection is not { IsAllDataRequested: true })
        {
            return null;
        }

        // the whole says of the last one, which is the one that it was relayed to
        connection.SetTag("sidecars.upstream", upstream.Address);
        connection.SetTag("sidecars.tries", tries);
        var attempt = source!.StartActivity("connect", ActivityKind.Client, connection.Context);
        attempt?.SetTag("sidecars.upstream", upstream.Address);
        return attempt;
    }

    /// <summary>Notes why there is no connection, or why it ended before both sides wanted it.</summary>
    /// <param name="span">The span, or null.</param>
    /// <param name="reason">As in metrics.</param>
    public static void Failed(Activity? span, string reason)
    {
        span?.SetTag("error.type", reason);
        span?.SetStatus(ActivityStatusCode.Error);
    }
}
