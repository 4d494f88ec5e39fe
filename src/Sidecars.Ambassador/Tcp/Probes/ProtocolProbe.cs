using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp.MySql;

namespace Sidecars.Ambassador.Tcp.Probes;

/// <summary>Asks a server in its own protocol whether it would serve.</summary>
internal static class ProtocolProbe
{
    /// <summary>The server answered that it does not serve now: starting, loading, shutting down, full.</summary>
    public const string NotServing = "not_serving";

    /// <summary>Asks once.</summary>
    /// <param name="protocol">What is spoken; <see cref="TcpProtocol.Any"/> is content with the connection.</param>
    /// <param name="server">The open connection.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="isSecured">TLS has begun; a MySQL server's greeting has been taken for it.</param>
    /// <returns>Null when it serves, else <see cref="NotServing"/>. Other trouble is thrown: <see cref="IOException"/>, <see cref="InvalidDataException"/>.</returns>
    public static ValueTask<string?> AskAsync(TcpProtocol protocol, IRelayEnd server, string user, bool isSecured = false) => protocol switch
    {
        TcpProtocol.PostgreSql => PostgreSqlProbe.AskAsync(server, user),
        TcpProtocol.MySql => isSecured ? MySqlProbe.LogInAsync(server, user, sequence: 2, MySqlPacket.Ssl) : MySqlProbe.AskAsync(server, user),
        TcpProtocol.Redis => RedisProbe.AskAsync(server),
        _ => ValueTask.FromResult<string?>(null),
    };
}
