using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sidecars.Adapter.Exposition;

/// <summary>UTF-8 text that grows in pooled memory. The one place that escapes, so nothing that was read can void a scrape.</summary>
internal sealed class ExpositionBuffer : IDisposable
{
    private const int LongestNumber = 32;

    private byte[] _bytes;
    private int _length;

    public ExpositionBuffer(int capacity = 4096) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    public void Write(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    public void Write(string text)
    {
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _length += Encoding.UTF8.GetBytes(text, room);
    }

    public void Write(long number)
    {
        number.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        _length += written;
    }

    public void Write(double number)
    {
        if (number is > -1e15 and < 1e15 && number == Math.Truncate(number))
        {
            Write((long)number);
        }
        else if (double.IsFinite(number))
        {
            number.TryFormat(Reserve(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
            _length += written;
        }
        else
        {
            Write(double.IsNaN(number) ? "NaN"u8 : number > 0 ? "+Inf"u8 : "-Inf"u8);
        }
    }

    /// <summary>Writes <c>name="value"</c>. The value is UTF-8 without control characters, see <see cref="LabelText"/>; what the format reserves is escaped here.</summary>
    public void WriteLabel(string name, ReadOnlySpan<byte> value)
    {
        Write(name);
        Write("=\""u8);
        WriteEscaped(value, "\\\"\n"u8);
        Write((byte)'"');
    }

    /// <summary>Writes a help text; its quotes are escaped in OpenMetrics and must not be in text 0.0.4.</summary>
    public void WriteHelp(string text, bool escapeQuotes) => WriteEscaped(Encoding.UTF8.GetBytes(text), escapeQuotes ? "\\\"\n"u8 : "\\\n"u8);

    public void Clear() => _length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void WriteEscaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> reserved)
    {
        for (var at = text.IndexOfAny(reserved); at >= 0; at = text.IndexOfAny(reserved))
        {
            Write(text[..at]);
            Write((byte)'\\');
            Write(text[at] == '\n' ? (byte)'n' : text[at]);
            text = text[(at + 1)..];
        }

        Write(text);
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }
}
