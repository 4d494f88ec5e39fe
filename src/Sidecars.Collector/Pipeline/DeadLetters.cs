using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// The file of records that receivers refused for good, one JSON object a record, bounded by rotation. A record is in it before its
/// cursor moves; when it cannot be written the record waits.
/// </summary>
internal sealed class DeadLetters(DeadLetterOptions options, TimeProvider time) : IDisposable
{
    private readonly FileOutput _file = new("dead letters", new FileOutputOptions { Path = options.Path, MaxSize = options.MaxSize, Keep = options.Keep }, time);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Appends records of a batch; as an output it may fail, and is to be tried again.</summary>
    public async ValueTask<Delivery> WriteAsync(string output, Batch batch, IReadOnlyList<DeadLetter> letters, CancellationToken abort)
    {
        await _gate.WaitAsync(abort).ConfigureAwait(false);
        try
        {
            _buffer.ResetWrittenCount();
            foreach (var letter in letters)
            {
                Write(output, batch, letter);
            }

            return await _file.WriteAsync(new Batch(default, _buffer.WrittenMemory, letters.Count), abort).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _gate.Dispose();
    }

    private void Write(string output, in Batch batch, in DeadLetter letter)
    {
        var bytes = letter.Text.Span;
        bytes = bytes.EndsWith("\n"u8) ? bytes[..^1] : bytes;
        using var writer = new Utf8JsonWriter(_buffer);
        writer.WriteStartObject();
        writer.WriteString("time"u8, time.GetUtcNow().UtcDateTime);
        writer.WriteString("output"u8, output);
        writer.WriteString("reason"u8, letter.Reason);
        writer.WriteString("detail"u8, letter.Detail);
        writer.WriteString("file"u8, batch.Block.File.Path);
        writer.WriteNumber("offset"u8, batch.Block.Start + batch.Block.FileLength(0, letter.Extent.Start));
        if (Utf8.IsValid(bytes))
        {
            writer.WriteString("text"u8, bytes);
        }
        else
        {
            writer.WriteBase64String("base64"u8, bytes);
        }

        writer.WriteEndObject();
        writer.Flush();
        _buffer.Write("\n"u8);
    }
}

/// <summary>A record that was refused, and why.</summary>
internal readonly record struct DeadLetter(RecordExtent Extent, ReadOnlyMemory<byte> Text, string Reason, string Detail);
