using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MessagePack;

namespace Sidecars.Collector.Tests.Outputs.Forward;

/// <summary>A message as it came: every member of the specification, and nothing else.</summary>
internal sealed record ForwardedMessage(string Tag, (long Seconds, uint Nanoseconds, Dictionary<string, object?> Record)[] Entries, Dictionary<string, object?> Option)
{
    public string? Chunk => (string?)Option.GetValueOrDefault("chunk");
}

/// <summary>
/// A receiver of the Forward protocol that takes nothing that the specification (version 1) does not have: PackedForward and
/// CompressedPackedForward, EventTime, acknowledgements, and the handshake by its own reckoning.
/// </summary>
internal sealed class ForwardReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ForwardReceiver() => _listener.Start();

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async Task<Connection> AcceptAsync() => new(await _listener.AcceptTcpClientAsync());

    public void Dispose() => _listener.Dispose();

    /// <summary>One connection.</summary>
    internal sealed class Connection(TcpClient client) : IDisposable
    {
        private readonly MessagePackStreamReader _reader = new(client.GetStream());

        public async Task<ForwardedMessage?> ReceiveAsync() =>
            await _reader.ReadAsync(default) is { } message ? Parse(message) : null;

        public Task AcknowledgeAsync(string? chunk) => SendAsync((ref MessagePackWriter writer) =>
        {
            writer.WriteMapHeader(1);
            writer.Write("ack");
            writer.Write(chunk);
        });

        public delegate void Writing(ref MessagePackWriter writer);

        public Task SendAsync(Writing write)
        {
            var output = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(output);
            write(ref writer);
            writer.Flush();
            return client.GetStream().WriteAsync(output.WrittenMemory).AsTask();
        }

        public Task HeloAsync(byte[] nonce, byte[] auth) => SendAsync((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(2);
            writer.Write("HELO");
            writer.WriteMapHeader(3);
            writer.Write("nonce");
            writer.Write(nonce);
            writer.Write("auth");
            writer.Write(auth);
            writer.Write("keepalive");
            writer.Write(true);
        });

        /// <summary>The members of PING behind its name.</summary>
        public async Task<string[]> PingAsync()
        {
            var reader = new MessagePackReader((await _reader.ReadAsync(default))!.Value);
            Assert.Equal(6, reader.ReadArrayHeader());
            Assert.Equal("PING", reader.ReadString());
            var members = new string[5];
            for (var i = 0; i < members.Length; i++)
            {
                members[i] = reader.ReadString()!;
            }

            return members;
        }

        public Task PongAsync(bool isAccepted, string reason, string hostname, string digest) => SendAsync((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(5);
            writer.Write("PONG");
            writer.Write(isAccepted);
            writer.Write(reason);
            writer.Write(hostname);
            writer.Write(digest);
        });

        public void Dispose() => client.Dispose();
    }

    public static string Sha512(params IEnumerable<byte[]> parts) =>
        Convert.ToHexStringLower(SHA512.HashData([.. parts.SelectMany(part => part)]));

    public static string Sha512(params IEnumerable<string> parts) => Sha512(parts.Select(Encoding.UTF8.GetBytes));

    private static ForwardedMessage Parse(ReadOnlySequence<byte> message)
    {
        var reader = new MessagePackReader(message);
        Assert.Equal(3, reader.ReadArrayHeader());
        var tag = reader.ReadString()!;
        Assert.Equal(MessagePackType.Binary, reader.NextMessagePackType);
        var packed = reader.ReadBytes()!.Value.ToArray();
        var option = (Dictionary<string, object?>)Value(ref reader)!;
        Assert.True(reader.End);
        Assert.Empty(option.Keys.Except(["chunk", "size", "compressed"]));
        if (option.TryGetValue("compressed", out var how))
        {
            Assert.Equal("gzip", how);
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            packed = plain.ToArray();
        }

        var entries = Entries(packed);
        Assert.Equal(Convert.ToInt64(option["size"], System.Globalization.CultureInfo.InvariantCulture), entries.Length);
        return new ForwardedMessage(tag, entries, option);
    }

    private static (long Seconds, uint Nanoseconds, Dictionary<string, object?> Record)[] Entries(byte[] packed)
    {
        var entries = new List<(long Seconds, uint Nanoseconds, Dictionary<string, object?> Record)>();
        var reader = new MessagePackReader(packed);
        while (!reader.End)
        {
            Assert.Equal(2, reader.ReadArrayHeader());
            ExtensionResult time = reader.ReadExtensionFormat();
            Assert.Equal((0, 8L), ((int)time.TypeCode, time.Data.Length));
            var bytes = time.Data.ToArray();
            var seconds = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
            var nanoseconds = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4));
            Assert.InRange(nanoseconds, 0u, 999_999_999u);
            entries.Add((seconds, nanoseconds, (Dictionary<string, object?>)Value(ref reader)!));
        }

        return [.. entries];
    }

    private static object? Value(ref MessagePackReader reader)
    {
        switch (reader.NextMessagePackType)
        {
            case MessagePackType.Map:
                var map = new Dictionary<string, object?>();
                for (var members = reader.ReadMapHeader(); members > 0; members--)
                {
                    map.Add(reader.ReadString()!, Value(ref reader));
                }

                return map;
            case MessagePackType.Array:
                var array = new object?[reader.ReadArrayHeader()];
                for (var i = 0; i < array.Length; i++)
                {
                    array[i] = Value(ref reader);
                }

                return array;
            default:
                return Scalar(ref reader);
        }
    }

    private static object? Scalar(ref MessagePackReader reader) => reader.NextMessagePackType switch
    {
        MessagePackType.String => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(reader.ReadStringSequence()!.Value.ToArray()),
        MessagePackType.Binary => reader.ReadBytes()!.Value.ToArray(),
        MessagePackType.Integer => reader.ReadInt64(),
        MessagePackType.Float => reader.ReadDouble(),
        MessagePackType.Boolean => reader.ReadBoolean(),
        MessagePackType.Nil => reader.TryReadNil() ? null : throw new InvalidDataException(),
        var other => throw new InvalidDataException($"{other} is no part of a record"),
    };
}
