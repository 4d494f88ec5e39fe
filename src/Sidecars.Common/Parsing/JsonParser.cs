using System.Text.Json;
using System.Text.Unicode;

namespace Sidecars.Common.Parsing;

/// <summary>Lines that are one JSON object each: its members become fields.</summary>
internal sealed class JsonParser(bool flatten) : LineParser
{
    private readonly FieldNameCache _names = new();
    private readonly bool _flatten = flatten;
    private byte[] _path = new byte[256];

    public override string Name => "json";

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        var at = 0;
        JsonText.SkipBlank(line, ref at);
        if (at == line.Count || line[at] != '{' || !TryReadObject(line, ref at, fields, 0, 1))
        {
            return false;
        }

        JsonText.SkipBlank(line, ref at);
        return at == line.Count;
    }

    public override string Explain(ArraySegment<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (reader.Read())
            {
            }

            return isObject ? "the line is a JSON object" : "the line is not a JSON object: it must begin with {";
        }
        catch (JsonException error)
        {
            return $"at byte {error.BytePositionInLine}: {error.Message}";
        }
    }

    private bool TryReadObject(ArraySegment<byte> line, ref int at, FieldSet fields, int pathLength, int depth)
    {
        at++;
        if (JsonText.TrySkip(line, (byte)'}', ref at))
        {
            return true;
        }

        do
        {
            if (!TryReadMember(line, ref at, fields, pathLength, depth))
            {
                return false;
            }
        }
        while (JsonText.TrySkip(line, (byte)',', ref at));
        return JsonText.TrySkip(line, (byte)'}', ref at);
    }

    private bool TryReadMember(ArraySegment<byte> line, ref int at, FieldSet fields, int pathLength, int depth)
    {
        JsonText.SkipBlank(line, ref at);
        var start = at + 1;
        if (at == line.Count || line[at] != '"' || !JsonText.TrySkipString(line, ref at, out var isEscaped))
        {
            return false;
        }

        var key = Plain(line[start..(at - 1)], isEscaped, fields);
        if (!JsonText.TrySkip(line, (byte)':', ref at))
        {
            return false;
        }

        JsonText.SkipBlank(line, ref at);
        if (_flatten && at < line.Count && line[at] == '{' && depth < JsonText.MostDepth)
        {
            return TryReadObject(line, ref at, fields, Append(pathLength, key, (byte)'.'), depth + 1);
        }

        return TryReadValue(line, ref at, fields, NameOf(key, pathLength, fields.Count), depth);
    }

    private static bool TryReadValue(ArraySegment<byte> line, ref int at, FieldSet fields, FieldName name, int depth)
    {
        var start = at;
        if (at < line.Count && line[at] == '"')
        {
            if (!JsonText.TrySkipString(line, ref at, out var isEscaped))
            {
                return false;
            }

            fields.Add(name, Plain(line[(start + 1)..(at - 1)], isEscaped, fields));
            return true;
        }

        if (!JsonText.TrySkipValue(line, ref at, depth, out var kind))
        {
            return false;
        }

        var value = line[start..at];
        // what is written as it stands must be valid to the last byte
        fields.Add(name, value, kind == FieldKind.Json && !Utf8.IsValid(value) ? FieldKind.Text : kind);
        return true;
    }

    private static ArraySegment<byte> Plain(ArraySegment<byte> text, bool isEscaped, FieldSet fields)
    {
        if (!isEscaped)
        {
            return text;
        }

        var plain = fields.Rent(text.Count);
        return plain[..LogEscapes.Unescape(LogEscape.Json, text, plain)];
    }

    private FieldName NameOf(ReadOnlySpan<byte> key, int pathLength, int place)
    {
        if (pathLength == 0)
        {
            return _names.Get(key, place);
        }

        Append(pathLength, key, (byte)'.');
        return _names.Get(_path.AsSpan(0, pathLength + key.Length), place);
    }

    /// <summary>Writes a key and a dot behind the path and returns the new length of the path.</summary>
    private int Append(int pathLength, ReadOnlySpan<byte> key, byte separator)
    {
        var length = pathLength + key.Length + 1;
        if (_path.Length < length)
        {
            Array.Resize(ref _path, 2 * length);
        }

        key.CopyTo(_path.AsSpan(pathLength));
        _path[length - 1] = separator;
        return length;
    }
}
