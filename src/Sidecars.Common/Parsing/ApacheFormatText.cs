using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Parsing;

/// <summary>Reads the format strings of Apache's <c>LogFormat</c> and <c>CustomLog</c> (mod_log_config).</summary>
internal static class ApacheFormatText
{
    // Debian's own has %O in the place of %b
    private const string Common = "%h %l %u %t \"%r\" %>s %b";
    private const string Combined = Common + " \"%{Referer}i\" \"%{User-Agent}i\"";

    private static readonly Dictionary<string, string> WellKnown = new(StringComparer.Ordinal)
    {
        ["common"] = Common,
        ["combined"] = Combined,
        ["vhost_combined"] = "%v:%p " + Combined,
    };

    // nginx's names where nginx has the same
    private static readonly Dictionary<char, string> Names = new()
    {
        ['h'] = "remote_addr",
        ['a'] = "remote_addr",
        ['A'] = "server_addr",
        ['l'] = "remote_logname",
        ['L'] = "log_id",
        ['u'] = "remote_user",
        ['r'] = "request",
        ['s'] = "status",
        ['b'] = "body_bytes_sent",
        ['B'] = "body_bytes_sent",
        ['O'] = "bytes_sent",
        ['I'] = "bytes_received",
        ['S'] = "bytes_total",
        ['D'] = "request_time_us",
        ['T'] = "request_time",
        ['v'] = "server_name",
        ['V'] = "host",
        ['p'] = "server_port",
        ['P'] = "pid",
        ['m'] = "request_method",
        ['U'] = "uri",
        ['q'] = "query_string",
        ['H'] = "server_protocol",
        ['f'] = "request_filename",
        ['k'] = "keepalive_requests",
        ['X'] = "connection_status",
        ['R'] = "handler",
    };

    private static readonly Dictionary<char, string> Prefixes = new()
    {
        ['i'] = "http_",
        ['o'] = "sent_http_",
        ['C'] = "cookie_",
        ['e'] = "env_",
        ['n'] = "note_",
        ['x'] = "ssl_",
    };

    public static bool TryRead(
        string text,
        out string format,
        [NotNullWhen(true)] out List<LogFormatToken>? tokens,
        [NotNullWhen(false)] out LogFormatError? error)
    {
        format = Unquoted(text.Trim());
        tokens = [];
        error = null;
        for (var at = 0; at < format.Length && error is null;)
        {
            if (format[at] == '%')
            {
                error = ReadDirective(format, ref at, tokens);
                continue;
            }

            var end = format.IndexOf('%', at);
            end = end < 0 ? format.Length : end;
            AddLiteral(tokens, format[at..end]);
            at = end;
        }

        if (error is null && !tokens.Any(token => token.IsVariable))
        {
            error = new LogFormatError(0, $"'{text}' is no format of Apache; paste the string of LogFormat (%h %l %u ...) or use one of {string.Join(", ", WellKnown.Keys)}");
        }

        return error is null;
    }

    /// <summary>The format within a directive, without its quotes and the backslashes before the quotes it holds.</summary>
    private static string Unquoted(string text)
    {
        if (WellKnown.TryGetValue(text, out var known))
        {
            return known;
        }

        var start = text.StartsWith("LogFormat", StringComparison.OrdinalIgnoreCase) || text.StartsWith("CustomLog", StringComparison.OrdinalIgnoreCase)
            ? text.IndexOf('"', StringComparison.Ordinal)
            : -1;
        if (start >= 0)
        {
            var end = start + 1;
            while (end < text.Length && text[end] != '"')
            {
                end += text[end] == '\\' ? 2 : 1;
            }

            text = text[(start + 1)..Math.Min(end, text.Length)];
        }

        return text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
    }

    private static LogFormatError? ReadDirective(string format, ref int at, List<LogFormatToken> tokens)
    {
        var start = at++;
        // %>s, %<s, %!200,304{Referer}i: which request and for which statuses
        while (at < format.Length && (format[at] is '<' or '>' or '!' or ',' || char.IsAsciiDigit(format[at])))
        {
            at++;
        }

        var argument = "";
        if (at < format.Length && format[at] == '{')
        {
            var end = format.IndexOf('}', at);
            if (end < 0)
            {
                return new LogFormatError(at, "the closing brace is missing");
            }

            argument = format[(at + 1)..end];
            at = end + 1;
        }

        if (at == format.Length)
        {
            return new LogFormatError(start, "a directive such as %h must follow the percent sign");
        }

        var letter = format[at++];
        if (letter == '^' && at + 2 <= format.Length)
        {
            at += 2;
            return Add(tokens, $"http_trailer_{Field(argument)}", start);
        }

        return AddDirective(letter, argument, start, tokens);
    }

    private static LogFormatError? AddDirective(char letter, string argument, int position, List<LogFormatToken> tokens)
    {
        if (letter == '%')
        {
            AddLiteral(tokens, "%");
            return null;
        }

        if (letter == 't' && argument.Length == 0)
        {
            AddLiteral(tokens, "[");
            var error = Add(tokens, "time_local", position);
            AddLiteral(tokens, "]");
            return error;
        }

        var name = (letter, argument) switch
        {
            ('t', "sec") or ('t', "msec") or ('t', "usec") => "time",
            ('t', _) => "time",
            ('T', "ms") => "request_time_ms",
            ('T', "us") => "request_time_us",
            ('P', "tid" or "hextid") => "tid",
            ('p', "remote") => "remote_port",
            _ when Prefixes.TryGetValue(letter, out var prefix) && argument.Length > 0 => prefix + Field(argument),
            _ => Names.GetValueOrDefault(letter),
        };
        return name is null
            ? new LogFormatError(position, $"%{(argument.Length > 0 ? $"{{{argument}}}" : "")}{letter} is not known")
            : Add(tokens, name, position);
    }

    private static LogFormatError? Add(List<LogFormatToken> tokens, string name, int position)
    {
        if (tokens.Count > 0 && tokens[^1].IsVariable)
        {
            return new LogFormatError(position, "two directives stand side by side, so nobody can tell where one ends; put a blank or another literal between them, here and in LogFormat");
        }

        tokens.Add(new LogFormatToken(true, name));
        return null;
    }

    /// <summary>Literals that follow each other are one: what ends a value is all of the text behind it.</summary>
    private static void AddLiteral(List<LogFormatToken> tokens, string text)
    {
        if (tokens.Count > 0 && !tokens[^1].IsVariable)
        {
            tokens[^1] = new LogFormatToken(false, tokens[^1].Text + text);
        }
        else
        {
            tokens.Add(new LogFormatToken(false, text));
        }
    }

    private static string Field(string header) =>
        string.Concat(header.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '_'));
}
