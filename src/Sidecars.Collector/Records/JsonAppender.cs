using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Sidecars.Collector.Records;

/// <summary>
/// Appends JSON to a buffer. What is plain ASCII without quotes, backslashes and control characters, which is nearly everything in a
/// log, is copied in the same vectorised look that finds it so. Call <see cref="Flush"/> at the end.
/// </summary>
internal ref struct JsonAppender(IBufferWriter<byte> output)
{
    private const int MostPerByte = 6; // \u001f

    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    private Span<byte> _room = output.GetSpan();
    private int _used;

    /// <summary>Bytes as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Need(bytes.Length);
        bytes.CopyTo(_room[_used..]);
        _used += bytes.Length;
    }

    /// <summary>One byte as it is.</summary>
    public void Raw(byte value)
    {
        Need(1);
        _room[_used++] = value;
    }

    /// <summary>Another byte in the place of the one appended just before.</summary>
    public readonly void ReplaceLast(byte value) => _room[_used - 1] = value;

    /// <summary>A key (quoted, with its colon) and a text.</summary>
    public void Text(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> text, InvalidUtf8 invalid)
    {
        Need(key.Length + text.Length + 2);
        var room = _room[_used..];
        key.CopyTo(room);
        room[key.Length] = (byte)'"';
        if (PlainText.TryCopy(text, room[(key.Length + 1)..]))
        {
            room[key.Length + text.Length + 1] = (byte)'"';
            _used += key.Length + text.Length + 2;
        }
        else if (invalid == InvalidUtf8.Keep || Utf8.IsValid(text))
        {
            Raw(key);
            Escaped(text);
        }
        else if (invalid == InvalidUtf8.Replace)
        {
            Raw(key);
            Replaced(text);
        }
        else
        {
            Raw(key[..^2]);
            Raw("_base64\":\""u8);
            Encoded(text);
            Raw((byte)'"');
        }
    }

    /// <summary>A value that is JSON already; as the document is one line, line breaks between its tokens become blanks.</summary>
    public void Json(scoped ReadOnlySpan<byte> json)
    {
        Need(json.Length);
        var room = _room.Slice(_used, json.Length);
        json.CopyTo(room);
        if (room.ContainsAny((byte)'\n', (byte)'\r'))
        {
            room.Replace((byte)'\n', (byte)' ');
            room.Replace((byte)'\r', (byte)' ');
        }

        _used += json.Length;
    }

    /// <summary>Hands over what was appended.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _used = 0;
        _room = default;
    }

    private void Need(int length)
    {
        if (_room.Length - _used < length)
        {
            output.Advance(_used);
            _used = 0;
            _room = output.GetSpan(length);
        }
    }

    private void Escaped(scoped ReadOnlySpan<byte> text)
    {
        Raw((byte)'"');
        while (true)
        {
            var special = text.IndexOfAny(Special);
            if (special < 0)
            {
                Raw(text);
                Raw((byte)'"');
                return;
            }

            Raw(text[..special]);
            Escape(text[special]);
            text = text[(special + 1)..];
        }
    }

    private void Escape(byte value)
    {
        Need(MostPerByte);
        var room = _room[_used..];
        room[0] = (byte)'\\';
        room[1] = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        _used += 2;
        if (room[1] == (byte)'u')
        {
            Utf8Formatter.TryFormat(value, room[2..], out _, new StandardFormat('x', 4));
            _used += 4;
        }
    }

    private void Replaced(scoped ReadOnlySpan<byte> text)
    {
        Raw((byte)'"');
        Span<byte> replacement = stackalloc byte[4];
        while (!text.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(text, out var rune, out var length);
            if (status == OperationStatus.Done && rune.Value is >= 0x20 and not ('"' or '\\'))
            {
                Raw(text[..length]);
            }
            else if (status == OperationStatus.Done)
            {
                Escape(text[0]);
            }
            else
            {
                Raw(replacement[..rune.EncodeToUtf8(replacement)]);
            }

            text = text[length..];
        }

        Raw((byte)'"');
    }

    private void Encoded(scoped ReadOnlySpan<byte> bytes)
    {
        var length = Base64.GetMaxEncodedToUtf8Length(bytes.Length);
        Need(length);
        Base64.EncodeToUtf8(bytes, _room[_used..], out _, out var written);
        _used += written;
    }
}
