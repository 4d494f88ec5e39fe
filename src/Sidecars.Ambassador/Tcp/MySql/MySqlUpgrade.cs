using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Sidecars.Ambassador.Tcp.Probes;
using Sidecars.Ambassador.Tls;

namespace Sidecars.Ambassador.Tcp.MySql;

/// <summary>
/// TLS to a MySQL or MariaDB server for a client that speaks none. The server speaks first; its greeting goes to the client
/// without the offer of TLS, and when the client has answered, the request for TLS is slipped in before the answer. From
/// there to the end of the login every packet has a number that is one off between both sides. After the login each command
/// counts from zero again, and the bytes are relayed as they are.
/// </summary>
internal static class MySqlUpgrade
{
    private const byte MoreData = 0x01;
    private const byte FastAuthentication = 0x03;
    private const byte FullAuthentication = 0x04;
    private const byte PublicKeyRequest = 0x02;

    /// <summary>ER_HANDSHAKE_ERROR; the numbers from 2000 are the client's own, which takes none of them from a server.</summary>
    private const ushort HandshakeError = 1043;

    /// <summary>capabilities, max_packet_size, character set and filler: what an answer begins with and a request for TLS is.</summary>
    private const int ClientHeadLength = 32;

    /// <summary>Takes the server's greeting, so that one that does not greet can be passed over for the next.</summary>
    public static async Task<OpenUpstream> OpenAsync(Socket socket, string host, UpstreamTls tls)
    {
        var plain = new SocketEnd(socket);
        var greeting = await MySqlPacket.ReadAsync(plain);
        if (MySqlPacket.KindOf(greeting) == MySqlPacket.Error)
        {
            return OpenUpstream.Failed(ProtocolProbe.NotServing);
        }

        TakeTlsOut(greeting);
        return new OpenUpstream(plain, Introduce: (client, cancellation) => IntroduceAsync(client, new Server(plain, socket, host, tls), greeting, cancellation));
    }

    /// <summary>The same for a check: up to where <see cref="MySqlProbe.LogInAsync"/> goes on.</summary>
    public static async Task<OpenUpstream> OpenForCheckAsync(Socket socket, string host, UpstreamTls tls, CancellationToken cancellation)
    {
        var plain = new SocketEnd(socket);
        var greeting = await MySqlPacket.ReadAsync(plain);
        if (MySqlPacket.KindOf(greeting) == MySqlPacket.Error)
        {
            return OpenUpstream.Failed(ProtocolProbe.NotServing);
        }

        TakeTlsOut(greeting);
        await plain.SendAsync(MySqlPacket.Of(1, MySqlPacket.ClientHead(MySqlPacket.LoginCapabilities | MySqlPacket.Ssl)));
        return new OpenUpstream(await new Server(plain, socket, host, tls).SecureAsync(cancellation));
    }

    private static async Task<IRelayEnd?> IntroduceAsync(IRelayEnd client, Server server, byte[] greeting, CancellationToken cancellation)
    {
        await client.SendAsync(greeting);
        var login = await MySqlPacket.ReadAsync(client);
        if (login.Length < MySqlPacket.HeadLength + ClientHeadLength)
        {
            throw new InvalidDataException("the client speaks a protocol older than 4.1");
        }

        var capabilities = login.AsMemory(MySqlPacket.HeadLength, 4);
        BinaryPrimitives.WriteUInt32LittleEndian(capabilities.Span, BinaryPrimitives.ReadUInt32LittleEndian(capabilities.Span) | MySqlPacket.Ssl);
        await server.Plain.SendAsync(MySqlPacket.Of(login[3], login.AsSpan(MySqlPacket.HeadLength, ClientHeadLength)));
        TlsEnd secured;
        try
        {
            secured = await server.SecureAsync(cancellation);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await client.SendAsync(ErrorPacket((byte)(login[3] + 1), HandshakeError, "no TLS connection to the server"));
            throw;
        }

        login[3]++;
        await secured.SendAsync(login);
        return await LogInAsync(client, secured);
    }

    /// <summary>Carries the packets of the login, each renumbered, until the server has accepted or refused.</summary>
    private static async Task<IRelayEnd?> LogInAsync(IRelayEnd client, TlsEnd server)
    {
        while (true)
        {
            var packet = await MySqlPacket.ReadAsync(server);
            packet[3]--;
            await client.SendAsync(packet);
            var kind = MySqlPacket.KindOf(packet);
            if (kind is MySqlPacket.Ok or MySqlPacket.Error)
            {
                return server;
            }

            if (!IsMoreData(packet, FastAuthentication) && !await PassAnswerAsync(client, server, packet))
            {
                server.Dispose();
                return null;
            }
        }
    }

    /// <summary>Passes the client's answer on; false where the login has come to an end.</summary>
    private static async Task<bool> PassAnswerAsync(IRelayEnd client, TlsEnd server, byte[] question)
    {
        var answer = await MySqlPacket.ReadAsync(client);
        if (IsMoreData(question, FullAuthentication) && answer.Length == MySqlPacket.HeadLength + 1 && answer[4] == PublicKeyRequest)
        {
            // The server, which has TLS, waits for the password itself; the client, which has none, will not send it.
            await client.SendAsync(ErrorPacket((byte)(answer[3] + 1), HandshakeError, "caching_sha2_password wants a secure connection for the first login; use the ambassador's Unix socket"));
            return false;
        }

        answer[3]++;
        await server.SendAsync(answer);
        return true;
    }

    private static bool IsMoreData(byte[] packet, byte data) => packet.Length == MySqlPacket.HeadLength + 2 && packet[4] == MoreData && packet[5] == data;

    /// <summary>Clears the bit that offers TLS in a greeting of protocol 10: version, thread, eight bytes of salt, a filler, the lower capabilities.</summary>
    private static void TakeTlsOut(byte[] greeting)
    {
        if (MySqlPacket.KindOf(greeting) != MySqlPacket.Protocol10)
        {
            throw new InvalidDataException("not the greeting of a MySQL server");
        }

        var version = greeting.AsSpan(MySqlPacket.HeadLength + 1).IndexOf((byte)0);
        var at = MySqlPacket.HeadLength + 1 + version + 1 + 4 + 8 + 1;
        if (version < 0 || at + 2 > greeting.Length)
        {
            throw new InvalidDataException("a greeting that ends early");
        }

        var capabilities = BinaryPrimitives.ReadUInt16LittleEndian(greeting.AsSpan(at));
        if ((capabilities & MySqlPacket.Ssl) == 0)
        {
            throw new AuthenticationException("the server offers no TLS");
        }

        BinaryPrimitives.WriteUInt16LittleEndian(greeting.AsSpan(at), (ushort)(capabilities & ~MySqlPacket.Ssl));
    }

    private static byte[] ErrorPacket(byte sequence, ushort number, string message) =>
        MySqlPacket.Of(sequence, [MySqlPacket.Error, (byte)number, (byte)(number >> 8), .. "#08S01"u8, .. Encoding.UTF8.GetBytes(message)]);

    private sealed record Server(SocketEnd Plain, Socket Socket, string Host, UpstreamTls Tls)
    {
        public async Task<TlsEnd> SecureAsync(CancellationToken cancellation) =>
            new(await Tls.SecureAsync(new NetworkStream(Socket, ownsSocket: true), Host, Array.Empty<SslApplicationProtocol>(), cancellation), Socket);
    }
}
