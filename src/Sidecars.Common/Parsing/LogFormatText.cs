using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>A literal or, without its dollar, a variable of a format.</summary>
internal readonly record struct LogFormatToken(bool IsVariable, string Text);

/// <summary>
/// Reads what a user gives as a format. A pasted directive follows nginx's own grammar: parameters are bare words or quoted,
/// the quoted strings are joined, and within quotes a backslash escapes a quote, a backslash, t, r and n.
/// </summary>
internal static class LogFormatText
{
    private static readonly Dictionary<string, string> WellKnown = new(StringComparer.Ordinal)
    {
        ["combined"] = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"",
        // as the nginx images have it
        ["main"] = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" \"$http_x_forwarded_for\"",
    };

    public static bool TryRead(string text, out (string Format, LogEscape Escape) read, [NotNullWhen(false)] out LogFormatError? error)
    {
        var trimmed = text.Trim();
        read = (trimmed, LogEscape.Default);
        error = null;
        if (trimmed.Length == 0)
        {
            error = new LogFormatError(0, "the format is empty; give nginx's log_format string or one of " + Names());
        }
        else if (IsPasted(trimmed))
        {
            return TryReadDirective(trimmed, out read, out error);
        }
        else if (trimmed.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
        {
            if (!WellKnown.TryGetValue(trimmed, out var known))
            {
                error = new LogFormatError(0, $"'{trimmed}' is not a known format; paste the string of that log_format, or use one of {Names()}");
            }

            read = (known ?? trimmed, LogEscape.Default);
        }
        else
        {
            // a YAML block keeps line breaks that nginx's own string cannot have
            read = (trimmed.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), LogEscape.Default);
        }

        return error is null;
    }

    public static bool TryTokenize(string format, [NotNullWhen(true)] out List<LogFormatToken>? tokens, [NotNullWhen(false)] out LogFormatError? error)
    {
        tokens = [];
        error = null;
        for (var at = 0; at < format.Length && error is null;)
        {
            if (format[at] == '$')
            {
                var start = at;
                var name = ReadVariable(format, ref at, out error);
                error ??= Adjacent(tokens, name, start);
                tokens.Add(new LogFormatToken(true, name));
                continue;
            }

            var end = format.IndexOf('$', at);
            end = end < 0 ? format.Length : end;
            tokens.Add(new LogFormatToken(false, format[at..end]));
            at = end;
        }

        if (error is null && !tokens.Any(token => token.IsVariable))
        {
            error = new LogFormatError(0, "the format has no variable; nginx's variables begin with a dollar, such as $status");
        }

        return error is null;
    }

    private static LogFormatError? Adjacent(List<LogFormatToken> tokens, string name, int position) =>
        tokens.Count > 0 && tokens[^1].IsVariable
            ? new LogFormatError(position, $"${tokens[^1].Text} and ${name} stand side by side, so nobody can tell where one ends; put a blank or another literal between them, here and in nginx's log_format")
            : null;

    private static string ReadVariable(string format, ref int at, out LogFormatError? error)
    {
        var start = at++;
        var braced = at < format.Length && format[at] == '{';
        if (braced)
        {
            at++;
        }

        var nameStart = at;
        while (at < format.Length && (char.IsAsciiLetterOrDigit(format[at]) || format[at] == '_'))
        {
            at++;
        }

        var name = format[nameStart..at];
        error = null;
        if (name.Length == 0)
        {
            error = new LogFormatError(start, "a dollar without a variable's name; as nginx has it, a log_format cannot write a dollar itself: write $name or ${name}");
        }
        else if (braced && (at == format.Length || format[at] != '}'))
        {
            error = new LogFormatError(start, $"the closing brace of ${{{name} is missing; write ${{{name}}}");
        }
        else if (braced)
        {
            at++;
        }

        return name;
    }

    private static bool IsPasted(string text) =>
        text[0] == '\'' || StartsWithWord(text, "log_format") || text.StartsWith("escape=", StringComparison.Ordinal);

    private static bool StartsWithWord(string text, string word) =>
        text.StartsWith(word, StringComparison.Ordinal) && text.Length > word.Length && char.IsWhiteSpace(text[word.Length]);

    private static bool TryReadDirective(string text, out (string Format, LogEscape Escape) read, [NotNullWhen(false)] out LogFormatError? error)
    {
        read = ("", LogEscape.Default);
        if (!TrySplit(text, out var parameters, out error))
        {
            return false;
        }

        var at = parameters is [("log_format", false), ..] ? 2 : 0;
        if (at < parameters.Count && !parameters[at].Quoted && parameters[at].Text.StartsWith("escape=", StringComparison.Ordinal))
        {
            var value = parameters[at++].Text["escape=".Length..];
            if (!Enum.TryParse<LogEscape>(value, ignoreCase: true, out var escape) || escape > LogEscape.None)
            {
                error = new LogFormatError(text.IndexOf("escape=", StringComparison.Ordinal), $"escape={value} is unknown; nginx has default, json and none");
                return false;
            }

            read.Escape = escape;
        }

        read.Format = string.Concat(parameters.Skip(at).Select(parameter => parameter.Text));
        error = read.Format.Length == 0 ? new LogFormatError(0, "the directive has no format; write log_format name '...';") : null;
        return error is null;
    }

    private static bool TrySplit(string text, out List<(string Text, bool Quoted)> parameters, [NotNullWhen(false)] out LogFormatError? error)
    {
        parameters = [];
        error = null;
        for (var at = 0; at < text.Length;)
        {
            var character = text[at];
            if (char.IsWhiteSpace(character) || character == ';')
            {
                at++;
            }
            else if (character is '\'' or '"')
            {
                var start = at;
                if (!TryReadQuoted(text, ref at, out var quoted))
                {
                    error = new LogFormatError(start, $"the string that begins here has no closing {character}");
                    return false;
                }

                parameters.Add((quoted, true));
            }
            else
            {
                var start = at;
                while (at < text.Length && !char.IsWhiteSpace(text[at]) && text[at] != ';')
                {
                    at++;
                }

                parameters.Add((text[start..at], false));
            }
        }

        return true;
    }

    private static bool TryReadQuoted(string text, ref int at, out string value)
    {
        var quote = text[at++];
        var read = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\' && at + 1 < text.Length && Unescaped(text[at + 1]) is { } plain)
            {
                read.Append(plain);
                at += 2;
            }
            else
            {
                read.Append(text[at++]);
            }
        }

        value = read.ToString();
        return at++ < text.Length;
    }

    private static char? Unescaped(char escaped) => escaped switch
    {
        '\'' or '"' or '\\' => escaped,
        't' => '\t',
        'r' => '\r',
        'n' => '\n',
        _ => null,
    };

    private static string Names() => string.Join(", ", WellKnown.Keys);
}
