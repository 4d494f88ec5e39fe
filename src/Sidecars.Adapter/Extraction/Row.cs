using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>The fields of one row of a page, made anew for each.</summary>
internal sealed class Row(int fields)
{
    private readonly FieldSpan[] _fields = new FieldSpan[fields];
    private byte[] _text = new byte[256];
    private int _length;

    public Sample Sample => new(_text.AsSpan(0, _length), _fields);

    public void Clear()
    {
        _length = 0;
        Array.Clear(_fields);
    }

    public void Set(int field, string value) => Set(field, Encoding.UTF8.GetBytes(value));

    public void Set(int field, ReadOnlySpan<byte> value)
    {
        if (_text.Length - _length < value.Length)
        {
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + value.Length));
        }

        value.CopyTo(_text.AsSpan(_length));
        _fields[field] = new FieldSpan(_length, value.Length);
        _length += value.Length;
    }
}
