using Sidecars.Ambassador.Tcp.PostgreSql;

namespace Sidecars.Ambassador.Tcp.Probes;

/// <summary>
/// PostgreSQL is asked to let a user in, as pg_isready does. Any answer is one of a server that serves, a refusal included,
/// except that it cannot take anybody now.
/// </summary>
internal static class PostgreSqlProbe
{
    /// <summary>Starting up, shutting down, in recovery (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
    private const string CannotConnectNow = "57P03";

    private const string TooManyConnections = "53300";

    public static async ValueTask<string?> AskAsync(IRelayEnd server, string user)
    {
        await server.SendAsync(PostgreSqlMessage.Startup(user));
        var answer = await PostgreSqlMessage.ReadAsync(server);
        return (char)answer[0] switch
        {
            'R' or 'v' => null,
            'E' => PostgreSqlMessage.FieldOf(answer, 'C') is CannotConnectNow or TooManyConnections ? ProtocolProbe.NotServing : null,
            _ => throw new InvalidDataException("not the answer of a PostgreSQL server"),
        };
    }
}
