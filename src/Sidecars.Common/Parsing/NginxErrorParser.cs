namespace Sidecars.Common.Parsing;

/// <summary>nginx's error log: <c>2026/11/24 03:05:00 [error] 12#13: *14 message, client: 10.0.0.1, server: _, request: "GET / HTTP/1.1"</c>.</summary>
internal sealed class NginxErrorParser() : CursorParser("nginx_error")
{
    private static readonly FieldName Connection = FieldName.Of("connection");

    private readonly FieldNameCache _names = new();

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (!cursor.TryUntil(" ["u8, out var time) || time.Count != 19 || !TimestampParser.IsWellKnown(time))
        {
            return "a time such as 2026/11/24 03:05:00 and [level] must stand first";
        }

        if (!cursor.TryUntil("] "u8, out var level) || !cursor.TryDigits(out var pid) || !cursor.TryLiteral("#"u8)
            || !cursor.TryDigits(out var tid) || !cursor.TryLiteral(": "u8))
        {
            return "the level in brackets and pid#tid: must stand here";
        }

        fields.Add(CommonFields.Time, time);
        fields.Add(CommonFields.Level, level);
        fields.Add(CommonFields.Pid, pid, BareValue.KindOf(pid));
        fields.Add(CommonFields.Tid, tid, BareValue.KindOf(tid));
        ReadConnection(ref cursor, fields);
        ReadMessage(cursor.Rest, fields);
        return null;
    }

    private static void ReadConnection(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        if (cursor.TryLiteral("*"u8) && cursor.TryDigits(out var connection) && cursor.TryLiteral(" "u8))
        {
            fields.Add(Connection, connection, BareValue.KindOf(connection));
        }
        else
        {
            cursor.At = start;
        }
    }

    /// <summary>The message, then what it is about as <c>, name: value</c>; when that does not go on to the end, all is message.</summary>
    private void ReadMessage(ArraySegment<byte> rest, FieldSet fields)
    {
        var message = fields.Count;
        fields.Add(CommonFields.Message, rest);
        var end = rest.AsSpan().IndexOf(", client: "u8);
        if (end < 0)
        {
            return;
        }

        var cursor = new LineCursor(rest) { At = end };
        while (cursor.TryLiteral(", "u8))
        {
            if (!TryReadPair(ref cursor, fields))
            {
                break;
            }
        }

        if (cursor.IsAtEnd)
        {
            fields.Replace(message, rest[..end]);
            return;
        }

        while (fields.Count > message + 1)
        {
            fields.RemoveAt(fields.Count - 1);
        }
    }

    private bool TryReadPair(ref LineCursor cursor, FieldSet fields)
    {
        if (!cursor.TryUntil(": "u8, out var name) || name.AsSpan().IndexOfAnyExceptInRange((byte)'a', (byte)'z') >= 0)
        {
            return false;
        }

        ArraySegment<byte> value;
        if (cursor.TryLiteral("\""u8))
        {
            // what a client sends may hold quotes: the last is followed by the next name or by nothing
            var rest = cursor.Rest;
            if (!cursor.TryUntil("\", "u8, out value))
            {
                if (rest.Count == 0 || rest[^1] != '"')
                {
                    return false;
                }

                value = rest[..^1];
                cursor.At += rest.Count;
            }
            else
            {
                cursor.At -= 2;
            }
        }
        else
        {
            var length = cursor.Rest.AsSpan().IndexOf(", "u8);
            value = length < 0 ? cursor.Rest : cursor.Rest[..length];
            cursor.At += value.Count;
        }

        fields.Add(_names.Get(name, fields.Count), value);
        return true;
    }
}
