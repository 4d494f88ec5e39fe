using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using MessagePack;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs.Forward;

/// <summary>
/// A batch as one message: <c>[tag, entries, option]</c>, PackedForward or CompressedPackedForward. The chunk's id follows from its
/// place and content, so that the same batch has the same id whenever it is sent, and a receiver can know it again.
/// </summary>
internal sealed class ForwardMessage(ForwardOutputOptions options) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _head = new(256);
    private readonly byte[] _tag = Encoding.UTF8.GetBytes(options.Tag);
    private readonly MemoryStream _compressed = new();

    /// <summary>The message in two parts that go one behind the other: all up to the entries, the entries, and the option behind them.</summary>
    public (ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Entries, ReadOnlyMemory<byte> Option) Write(in Batch batch, string chunk)
    {
        var entries = options.Compress == ForwardCompression.Gzip ? Compress(batch.Payload) : batch.Payload;
        _head.ResetWrittenCount();
        var writer = new MessagePackWriter(_head);
        writer.WriteArrayHeader(3);
        writer.WriteString(_tag);
        writer.WriteBinHeader(entries.Length);
        writer.Flush();
        var length = _head.WrittenCount;
        WriteOption(ref writer, batch.Lines, chunk);
        writer.Flush();
        return (_head.WrittenMemory[..length], entries, _head.WrittenMemory[length..]);
    }

    public static string ChunkOf(in Batch batch)
    {
        var place = batch.Block.File is null ? 0 : (long)batch.Block.File.Identity.Inode ^ (batch.Block.Start << 20);
        return Convert.ToBase64String(XxHash128.Hash(batch.Payload.Span, place));
    }

    public void Dispose() => _compressed.Dispose();

    private void WriteOption(ref MessagePackWriter writer, int size, string chunk)
    {
        var isCompressed = options.Compress == ForwardCompression.Gzip;
        writer.WriteMapHeader(1 + (options.Ack ? 1 : 0) + (isCompressed ? 1 : 0));
        writer.WriteString("size"u8);
        writer.Write(size);
        if (options.Ack)
        {
            writer.WriteString("chunk"u8);
            writer.Write(chunk);
        }

        if (isCompressed)
        {
            writer.WriteString("compressed"u8);
            writer.WriteString("gzip"u8);
        }
    }

    private ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> payload)
    {
        _compressed.SetLength(0);
        using (var gzip = new GZipStream(_compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(payload.Span);
        }

        return _compressed.GetBuffer().AsMemory(0, (int)_compressed.Length);
    }
}
