using System.Buffers;
using MessagePack;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>What a receiver says, one MessagePack value after the other, as it comes in over a stream.</summary>
internal sealed class ForwardReplies(Stream stream)
{
    private const int Longest = 64 * 1024;

    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    /// <summary>The next value, valid until the next call. Throws <see cref="IOException"/> at the end of the stream, and when it is no such value.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = WholeLength(_buffer.AsMemory(_start, _end - _start))) == 0)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }

        var value = _buffer.AsMemory(_start, length);
        _start += length;
        return value;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_end >= Longest)
            {
                throw new IOException("the answer is longer than any of the protocol");
            }

            Array.Resize(ref _buffer, 2 * _end);
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count > 0 ? count : throw new EndOfStreamException("the receiver closed the connection instead of answering");
    }

    /// <summary>How long the value at the start is; 0 while it is not all there.</summary>
    private static int WholeLength(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            reader.Skip();
            return (int)reader.Consumed;
        }
        catch (EndOfStreamException)
        {
            return 0;
        }
        catch (MessagePackSerializationException exception)
        {
            throw new IOException("the answer is not MessagePack", exception);
        }
    }
}

/// <summary>The values that the protocol knows; null stands for something else.</summary>
internal static class ForwardReply
{
    /// <summary>The chunk that is acknowledged: <c>{"ack": chunk}</c>.</summary>
    public static string? Ack(ReadOnlyMemory<byte> value) => Read(value, MessagePackType.Map, static (ref MessagePackReader reader) =>
    {
        for (var members = reader.ReadMapHeader(); members > 0; members--)
        {
            if (reader.ReadString() == "ack")
            {
                return reader.ReadString();
            }

            reader.Skip();
        }

        return null;
    });

    /// <summary>The word that a message of the handshake begins with.</summary>
    public static string? Kind(ReadOnlyMemory<byte> value) => Read(value, MessagePackType.Array, static (ref MessagePackReader reader) =>
        reader.ReadArrayHeader() > 0 && reader.NextMessagePackType == MessagePackType.String ? reader.ReadString() : null);

    /// <summary><c>["HELO", {nonce, auth}]</c>.</summary>
    public static ForwardHelo? Helo(ReadOnlyMemory<byte> value) => Kind(value) != "HELO" ? null : Read(value, MessagePackType.Array, static (ref MessagePackReader reader) =>
    {
        var (nonce, auth) = (Array.Empty<byte>(), Array.Empty<byte>());
        if (reader.ReadArrayHeader() < 2)
        {
            return null;
        }

        reader.Skip();
        for (var members = reader.ReadMapHeader(); members > 0; members--)
        {
            switch (reader.ReadString())
            {
                case "nonce":
                    nonce = Bytes(ref reader);
                    break;
                case "auth":
                    auth = Bytes(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new ForwardHelo(nonce, auth);
    });

    /// <summary><c>["PONG", accepted, reason, hostname, digest]</c>.</summary>
    public static ForwardPong? Pong(ReadOnlyMemory<byte> value) => Kind(value) != "PONG" ? null : Read(value, MessagePackType.Array, static (ref MessagePackReader reader) =>
    {
        if (reader.ReadArrayHeader() < 5)
        {
            return null;
        }

        reader.Skip();
        return new ForwardPong(reader.ReadBoolean(), reader.ReadString() ?? "", reader.ReadString() ?? "", reader.ReadString() ?? "");
    });

    private delegate T? Reading<T>(ref MessagePackReader reader)
        where T : class;

    private static T? Read<T>(ReadOnlyMemory<byte> value, MessagePackType type, Reading<T> read)
        where T : class
    {
        try
        {
            var reader = new MessagePackReader(value);
            return reader.NextMessagePackType == type ? read(ref reader) : null;
        }
        catch (MessagePackSerializationException)
        {
            return null;
        }
    }

    /// <summary>Ruby's servers send these as text or as bytes.</summary>
    private static byte[] Bytes(ref MessagePackReader reader) => reader.NextMessagePackType == MessagePackType.String
        ? reader.ReadStringSequence().GetValueOrDefault().ToArray()
        : reader.ReadBytes().GetValueOrDefault().ToArray();
}

/// <summary>What a receiver begins the handshake with.</summary>
/// <param name="Nonce">Goes into the digests.</param>
/// <param name="Auth">Goes into the password's digest; empty when no user is asked for.</param>
internal sealed record ForwardHelo(byte[] Nonce, byte[] Auth);

/// <summary>What a receiver ends the handshake with.</summary>
internal sealed record ForwardPong(bool IsAccepted, string Reason, string Hostname, string Digest);
