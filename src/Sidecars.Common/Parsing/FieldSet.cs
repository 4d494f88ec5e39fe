namespace Sidecars.Common.Parsing;

/// <summary>
/// The fields of one line in their order; one set serves line after line and allocates nothing once it has grown to what they need.
/// Values that do not stand in the line itself (unescaped, added, changed) get their bytes from <see cref="Rent"/>.
/// </summary>
public sealed class FieldSet
{
    private Field[] _fields = new Field[32];
    private byte[] _room = new byte[1024];
    private int _used;

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>The field at an index.</summary>
    public ref readonly Field this[int index] => ref _fields.AsSpan(0, Count)[index];

    /// <summary>The fields.</summary>
    public ReadOnlySpan<Field> All => _fields.AsSpan(0, Count);

    /// <summary>Forgets all fields; the bytes that were rented are free again.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Adds a field behind the others; a name may occur more than once only until somebody sets it.</summary>
    public void Add(FieldName name, ArraySegment<byte> value, FieldKind kind = FieldKind.Text)
    {
        if (Count == _fields.Length)
        {
            Array.Resize(ref _fields, 2 * Count);
        }

        _fields[Count++] = new Field(name, value, kind);
    }

    /// <summary>Replaces the value of the field of that name, or adds it.</summary>
    public void Set(FieldName name, ArraySegment<byte> value, FieldKind kind = FieldKind.Text)
    {
        var index = IndexOf(name);
        if (index < 0)
        {
            Add(name, value, kind);
        }
        else
        {
            _fields[index] = new Field(name, value, kind);
        }
    }

    /// <summary>Gives the field at an index another value; its name stays.</summary>
    public void Replace(int index, ArraySegment<byte> value, FieldKind kind = FieldKind.Text) => _fields[index] = new Field(this[index].Name, value, kind);

    /// <summary>The index of the first field of that name; -1 when there is none.</summary>
    public int IndexOf(FieldName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        for (var i = 0; i < Count; i++)
        {
            if (_fields[i].Name.Is(name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Gives a field another name; its place stays.</summary>
    public void Rename(int index, FieldName name) => _fields[index] = this[index] with { Name = name };

    /// <summary>Removes a field; the order of the others stays.</summary>
    public void RemoveAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        _fields.AsSpan(index + 1, Count - index - 1).CopyTo(_fields.AsSpan(index));
        Count--;
    }

    /// <summary>Room for bytes of a value, valid until <see cref="Clear"/>. Segments rented before stay valid.</summary>
    public ArraySegment<byte> Rent(int length)
    {
        if (_room.Length - _used < length)
        {
            // what was rented keeps the old array alive
            _room = new byte[Math.Max(2 * _room.Length, length)];
            _used = 0;
        }

        var rented = new ArraySegment<byte>(_room, _used, length);
        _used += length;
        return rented;
    }

    /// <summary>A copy of bytes that lives until <see cref="Clear"/>.</summary>
    public ArraySegment<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        var kept = Rent(bytes.Length);
        bytes.CopyTo(kept);
        return kept;
    }
}
