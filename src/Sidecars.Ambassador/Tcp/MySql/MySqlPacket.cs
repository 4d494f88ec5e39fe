using System.Buffers.Binary;
using System.Text;

namespace Sidecars.Ambassador.Tcp.MySql;

/// <summary>
/// The little of MySQL's protocol that stands before the first command
/// (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html,
/// https://mariadb.com/kb/en/connection/): three bytes of length, one of the sequence, the payload.
/// </summary>
internal static class MySqlPacket
{
    public const int HeadLength = 4;
    public const byte Ok = 0x00;
    public const byte Error = 0xff;
    public const byte AuthenticationSwitch = 0xfe;
    public const byte Protocol10 = 0x0a;
    public const uint Ssl = 0x0800;

    /// <summary>Long password, protocol 4.1, secure connection, named authentication plugins.</summary>
    private const uint ProbeCapabilities = 0x0001 | 0x0200 | 0x8000 | 0x0008_0000;

    private const byte Utf8 = 33;

    /// <summary>What stands before the first command is short; more is not MySQL.</summary>
    private const int Longest = 64 * 1024;

    /// <summary>Reads one packet with its head.</summary>
    public static async ValueTask<byte[]> ReadAsync(IRelayEnd from)
    {
        var head = new byte[HeadLength];
        await from.ReceiveExactlyAsync(head);
        var length = head[0] | (head[1] << 8) | (head[2] << 16);
        if (length > Longest)
        {
            throw new InvalidDataException("not a packet of MySQL's connection phase");
        }

        var packet = new byte[HeadLength + length];
        head.CopyTo(packet, 0);
        await from.ReceiveExactlyAsync(packet.AsMemory(HeadLength));
        return packet;
    }

    /// <summary>The first byte of the payload, which tells what the server's packet is; <see cref="Error"/> of an empty one is not told apart.</summary>
    public static byte KindOf(byte[] packet) => packet.Length > HeadLength ? packet[HeadLength] : throw new InvalidDataException("an empty packet");

    /// <summary>A packet around a payload.</summary>
    public static byte[] Of(byte sequence, ReadOnlySpan<byte> payload) =>
        [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), sequence, .. payload];

    /// <summary>The error number of an error packet.</summary>
    public static int ErrorNumberOf(byte[] packet) => packet.Length >= HeadLength + 3 ? BinaryPrimitives.ReadUInt16LittleEndian(packet.AsSpan(HeadLength + 1)) : 0;

    /// <summary>The first 32 bytes of an answer to a greeting, which are also the whole request for TLS.</summary>
    public static byte[] ClientHead(uint capabilities)
    {
        var head = new byte[32];
        BinaryPrimitives.WriteUInt32LittleEndian(head, capabilities);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), 1 << 24);
        head[8] = Utf8;
        return head;
    }

    /// <summary>The answer to a greeting by a user without a password.</summary>
    public static byte[] Login(string user, uint moreCapabilities) =>
        [.. ClientHead(ProbeCapabilities | moreCapabilities), .. Encoding.UTF8.GetBytes(user), 0, 0, .. "mysql_native_password"u8, 0];

    /// <summary>The capabilities that <see cref="Login"/> tells.</summary>
    public static uint LoginCapabilities => ProbeCapabilities;
}
