namespace Sidecars.Common.Parsing;

/// <summary>Apache's error log: <c>[Tue Nov 24 03:05:00.123456 2026] [core:error] [pid 12:tid 13] [client 10.0.0.1:80] AH00124: message</c>.</summary>
internal sealed class ApacheErrorParser() : CursorParser("apache_error")
{
    private static readonly FieldName Module = FieldName.Of("module");
    private static readonly FieldName Code = FieldName.Of("code");

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (!cursor.TryLiteral("["u8) || !cursor.TryUntil("] "u8, out var time) || !TimestampParser.IsWellKnown(time))
        {
            return "a time such as [Tue Nov 24 03:05:00.123456 2026] must stand first";
        }

        fields.Add(CommonFields.Time, time);
        if (!cursor.TryLiteral("["u8) || !cursor.TryUntil("] "u8, out var level))
        {
            return "[module:level] must follow the time";
        }

        var colon = level.AsSpan().IndexOf((byte)':');
        if (colon > 0)
        {
            fields.Add(Module, level[..colon]);
        }

        fields.Add(CommonFields.Level, level[(colon + 1)..]);
        ReadProcess(ref cursor, fields);
        if (cursor.TryLiteral("[client "u8) && cursor.TryUntil("] "u8, out var client))
        {
            fields.Add(CommonFields.Client, client);
        }

        ReadCode(ref cursor, fields);
        fields.Add(CommonFields.Message, cursor.Rest);
        return null;
    }

    private static void ReadProcess(ref LineCursor cursor, FieldSet fields)
    {
        if (!cursor.TryLiteral("[pid "u8) || !cursor.TryDigits(out var pid))
        {
            return;
        }

        fields.Add(CommonFields.Pid, pid, BareValue.KindOf(pid));
        if (cursor.TryLiteral(":tid "u8) && cursor.TryDigits(out var tid))
        {
            fields.Add(CommonFields.Tid, tid, BareValue.KindOf(tid));
        }

        cursor.TryLiteral("] "u8);
    }

    private static void ReadCode(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        if (cursor.TryLiteral("AH"u8) && cursor.TryDigits(out _) && cursor.Next == ':')
        {
            fields.Add(Code, cursor.From(start));
            cursor.TryLiteral(": "u8);
        }
        else
        {
            cursor.At = start;
        }
    }
}
