using Sidecars.Ambassador.Tcp.MySql;

namespace Sidecars.Ambassador.Tcp.Probes;

/// <summary>
/// MySQL and MariaDB greet whoever connects. The hard case: a connection that ends right after the greeting counts as an
/// error of the host, and after max_connect_errors of them the server locks the host out. So the probe goes on to a login
/// and takes the refusal for the answer it is.
/// </summary>
internal static class MySqlProbe
{
    // https://mariadb.com/kb/en/mariadb-error-code-reference/
    private const int TooManyConnections = 1040;
    private const int ShuttingDown = 1053;
    private const int HostIsBlocked = 1129;
    private const int HostNotAllowed = 1130;

    public static async ValueTask<string?> AskAsync(IRelayEnd server, string user)
    {
        var greeting = await MySqlPacket.ReadAsync(server);
        if (MySqlPacket.KindOf(greeting) != MySqlPacket.Protocol10)
        {
            return Verdict(greeting);
        }

        return await LogInAsync(server, user, sequence: 1);
    }

    /// <summary>Goes on behind the greeting.</summary>
    public static async ValueTask<string?> LogInAsync(IRelayEnd server, string user, byte sequence, uint capabilities = 0)
    {
        await server.SendAsync(MySqlPacket.Of(sequence, MySqlPacket.Login(user, capabilities)));
        var answer = await MySqlPacket.ReadAsync(server);
        if (MySqlPacket.KindOf(answer) == MySqlPacket.AuthenticationSwitch)
        {
            // no password: the server goes on to the refusal
            await server.SendAsync(MySqlPacket.Of((byte)(answer[3] + 1), []));
            answer = await MySqlPacket.ReadAsync(server);
        }

        return Verdict(answer);
    }

    private static string? Verdict(byte[] answer) => MySqlPacket.KindOf(answer) switch
    {
        MySqlPacket.Error => MySqlPacket.ErrorNumberOf(answer) is TooManyConnections or ShuttingDown or HostIsBlocked or HostNotAllowed ? ProtocolProbe.NotServing : null,
        MySqlPacket.Ok => null,
        _ => throw new InvalidDataException("not the answer of a MySQL server"),
    };
}
