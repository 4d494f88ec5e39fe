using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sidecars.Ambassador.Tls;

namespace Sidecars.Ambassador.Tcp.PostgreSql;

/// <summary>
/// TLS to a PostgreSQL server for a client that speaks none (https://www.postgresql.org/docs/current/protocol-flow.html): the
/// server is asked for TLS before the client has said anything, so that another server can still be tried. A client that asks
/// for encryption of its own is told that there is none here. The hard case is SCRAM: over TLS the server also offers
/// channel binding, which a client without TLS takes for an attack; so the offer is taken out of the server's first message.
/// </summary>
internal static class PostgreSqlUpgrade
{
    private const byte Yes = (byte)'S';
    private const byte No = (byte)'N';
    private const int ProtocolVersion3 = 3;
    private const int CancelRequestCode = 80877102;
    private const int AuthenticationSasl = 10;
    private const string ChannelBindingSuffix = "-PLUS";

    /// <summary>The server's own limit (MAX_STARTUP_PACKET_LENGTH).</summary>
    private const int LongestStartup = 10_000;

    private static readonly SslApplicationProtocol[] Protocols = [new("postgresql")];

    /// <summary>Asks the server for TLS and begins it.</summary>
    public static async Task<OpenUpstream> OpenAsync(Socket socket, string host, UpstreamTls tls, CancellationToken cancellation)
    {
        var plain = new SocketEnd(socket);
        await plain.SendAsync(PostgreSqlMessage.SslRequest());

        // exactly one byte: anything that somebody slipped in behind it is TLS's to refuse
        var answer = new byte[1];
        await plain.ReceiveExactlyAsync(answer);
        if (answer[0] != Yes)
        {
            throw answer[0] == No ? new AuthenticationException("the server offers no TLS") : new InvalidDataException("not the answer of a PostgreSQL server");
        }

        var stream = await tls.SecureAsync(new NetworkStream(socket, ownsSocket: true), host, Protocols, cancellation);
        var end = new TlsEnd(stream, socket);
        return new OpenUpstream(end, Introduce: (client, _) => IntroduceAsync(client, end));
    }

    private static async Task<IRelayEnd?> IntroduceAsync(IRelayEnd client, IRelayEnd server)
    {
        var code = await PassStartupAsync(client, server);
        if (code == CancelRequestCode || code >> 16 != ProtocolVersion3)
        {
            return server;
        }

        while (true)
        {
            var message = await PostgreSqlMessage.ReadAsync(server);
            await client.SendAsync(WithoutChannelBinding(message));
            if ((char)message[0] is 'R' or 'E')
            {
                return server;
            }
        }
    }

    /// <summary>Passes on the client's first message that is not a wish for encryption.</summary>
    private static async Task<int> PassStartupAsync(IRelayEnd client, IRelayEnd server)
    {
        var head = new byte[8];
        int code;
        while (true)
        {
            await client.ReceiveExactlyAsync(head);
            code = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
            if (code is not (PostgreSqlMessage.SslRequestCode or PostgreSqlMessage.GssEncryptionRequestCode))
            {
                break;
            }

            await client.SendAsync(new[] { No });
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 8 or > LongestStartup)
        {
            throw new InvalidDataException("not the first message of a PostgreSQL client");
        }

        var message = new byte[length];
        head.CopyTo(message, 0);
        await client.ReceiveExactlyAsync(message.AsMemory(head.Length));
        await server.SendAsync(message);
        return code;
    }

    /// <summary>The same message; where it offers SASL mechanisms, only those without channel binding.</summary>
    internal static byte[] WithoutChannelBinding(byte[] message)
    {
        if (message[0] != 'R' || message.Length < 9 || BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(5)) != AuthenticationSasl)
        {
            return message;
        }

        var mechanisms = Encoding.ASCII.GetString(message, 9, message.Length - 9).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(m => !m.EndsWith(ChannelBindingSuffix, StringComparison.Ordinal));
        byte[] body = [0, 0, 0, AuthenticationSasl, .. mechanisms.SelectMany(m => Encoding.ASCII.GetBytes(m + '\0')), 0];
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, 4 + body.Length);
        return [(byte)'R', .. length, .. body];
    }
}
