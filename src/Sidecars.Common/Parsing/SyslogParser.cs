namespace Sidecars.Common.Parsing;

/// <summary>
/// Syslog messages of RFC 5424 and of RFC 3164 with or without their priority, the latter also with an RFC 3339 time as rsyslog writes
/// files. Structured data become fields <c>id.name</c>.
/// </summary>
internal sealed class SyslogParser(string name, bool takesOld = true, bool takesNew = true) : CursorParser(name)
{
    private static readonly FieldName Facility = FieldName.Of("facility");
    private static readonly FieldName SeverityField = FieldName.Of("severity");
    private static readonly FieldName Host = FieldName.Of("host");
    private static readonly FieldName App = FieldName.Of("app");
    private static readonly FieldName MessageId = FieldName.Of("msgid");

    private static readonly ArraySegment<byte>[] Severities = Words("emerg alert crit err warning notice info debug");
    private static readonly ArraySegment<byte>[] Facilities = Words(
        "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7");

    private readonly SyslogData _data = new();

    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        var hasPriority = TryReadPriority(ref cursor, out var priority);
        if (hasPriority)
        {
            fields.Add(Facility, Facilities[priority / 8]);
            fields.Add(SeverityField, Severities[priority % 8]);
        }

        if (takesNew && hasPriority && cursor.TryLiteral("1 "u8))
        {
            return ReadNew(ref cursor, fields);
        }

        return takesOld ? ReadOld(ref cursor, fields) : "<priority>1 and a blank must stand first";
    }

    private static bool TryReadPriority(ref LineCursor cursor, out int priority)
    {
        priority = 0;
        var start = cursor.At;
        if (cursor.TryLiteral("<"u8) && cursor.TryDigits(out var digits) && digits.Count <= 3 && cursor.TryLiteral(">"u8))
        {
            foreach (var digit in digits)
            {
                priority = (10 * priority) + digit - '0';
            }

            if (priority < 8 * Facilities.Length)
            {
                return true;
            }
        }

        cursor.At = start;
        return false;
    }

    private string? ReadNew(ref LineCursor cursor, FieldSet fields)
    {
        foreach (var name in (ReadOnlySpan<FieldName>)[CommonFields.Time, Host, App, CommonFields.Pid, MessageId])
        {
            if (!cursor.TryUntil(" "u8, out var value) || value.Count == 0)
            {
                return $"the {name} and a blank must stand here";
            }

            if (!LogValue.IsMissing(value))
            {
                fields.Add(name, value, ReferenceEquals(name, CommonFields.Pid) ? BareValue.KindOf(value) : FieldKind.Text);
            }
        }

        if (_data.Read(ref cursor, fields) is { } missing)
        {
            return missing;
        }

        if (!cursor.IsAtEnd && !cursor.TryLiteral(" "u8))
        {
            return "a blank must stand before the message";
        }

        cursor.TryLiteral("\uFEFF"u8);
        fields.Add(CommonFields.Message, cursor.Rest);
        return null;
    }

    private static string? ReadOld(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        if (!TryPassTime(ref cursor))
        {
            return "a time such as Nov 24 03:05:00 must stand here";
        }

        fields.Add(CommonFields.Time, cursor.From(start));
        cursor.At++;
        var host = cursor.Word();
        if (host.Count == 0 || !cursor.TryLiteral(" "u8))
        {
            return "the host and a blank must stand here";
        }

        fields.Add(Host, host);
        ReadTag(ref cursor, fields);
        fields.Add(CommonFields.Message, cursor.Rest);
        return null;
    }

    private static bool TryPassTime(ref LineCursor cursor)
    {
        var start = cursor.At;
        var length = char.IsAsciiLetter((char)cursor.Next) ? 15 : cursor.Word().Count;
        cursor.At = start;
        var rest = cursor.Rest;
        if (length < 15 || rest.Count <= length || rest[length] != ' ' || !TimestampParser.IsWellKnown(rest[..length]))
        {
            return false;
        }

        cursor.At += length;
        return true;
    }

    /// <summary><c>app[pid]: </c> or <c>app: </c>; what has neither is all message.</summary>
    private static void ReadTag(ref LineCursor cursor, FieldSet fields)
    {
        var start = cursor.At;
        var end = cursor.Rest.AsSpan().IndexOfAny(" :["u8);
        if (end > 0)
        {
            cursor.At += end;
            var app = cursor.From(start);
            ArraySegment<byte> pid = default;
            var isTag = !cursor.TryLiteral("["u8) || (cursor.TryUntil("]"u8, out pid) && pid.Count is > 0 and < 32);
            if (isTag && cursor.TryLiteral(":"u8))
            {
                fields.Add(App, app);
                if (pid.Count > 0)
                {
                    fields.Add(CommonFields.Pid, pid, BareValue.KindOf(pid));
                }

                cursor.TryLiteral(" "u8);
                return;
            }
        }

        cursor.At = start;
    }

    private static ArraySegment<byte>[] Words(string words) =>
        [.. words.Split(' ').Select(word => new ArraySegment<byte>(System.Text.Encoding.UTF8.GetBytes(word)))];
}
