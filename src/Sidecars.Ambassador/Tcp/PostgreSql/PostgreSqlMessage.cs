using System.Buffers.Binary;
using System.Text;

namespace Sidecars.Ambassador.Tcp.PostgreSql;

/// <summary>
/// The little of PostgreSQL's protocol 3.0 that stands before the first query
/// (https://www.postgresql.org/docs/current/protocol-message-formats.html): a type byte, which the client's first message lacks,
/// a length that counts itself, and the rest.
/// </summary>
internal static class PostgreSqlMessage
{
    public const int SslRequestCode = 80877103;
    public const int GssEncryptionRequestCode = 80877104;

    /// <summary>What a server may say before anybody has logged in is short; more is not PostgreSQL.</summary>
    private const int Longest = 64 * 1024;

    private const int ProtocolVersion3 = 3 << 16;

    /// <summary>Asks the server to begin TLS.</summary>
    public static byte[] SslRequest()
    {
        var message = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), SslRequestCode);
        return message;
    }

    /// <summary>The first message of a client that wants to log in.</summary>
    public static byte[] Startup(string user)
    {
        var parameters = Encoding.UTF8.GetBytes($"user\0{user}\0database\0postgres\0application_name\0ambassador\0\0");
        var message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), ProtocolVersion3);
        parameters.CopyTo(message, 8);
        return message;
    }

    /// <summary>Reads one message of the server.</summary>
    /// <returns>The whole message, its type in the first byte and its body from the sixth.</returns>
    public static async ValueTask<byte[]> ReadAsync(IRelayEnd server)
    {
        var head = new byte[5];
        await server.ReceiveExactlyAsync(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (length is < 4 or > Longest)
        {
            throw new InvalidDataException("not a message of a PostgreSQL server");
        }

        var message = new byte[1 + length];
        head.CopyTo(message, 0);
        await server.ReceiveExactlyAsync(message.AsMemory(head.Length));
        return message;
    }

    /// <summary>A field of an error message, such as <c>C</c>, the SQLSTATE.</summary>
    public static string? FieldOf(byte[] error, char field)
    {
        foreach (var part in Encoding.UTF8.GetString(error, 5, error.Length - 5).Split('\0'))
        {
            if (part.StartsWith(field))
            {
                return part[1..];
            }
        }

        return null;
    }
}
