using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sidecars.Common.Parsing;

/// <summary>
/// An nginx <c>log_format</c> string, compiled once to a scanner that cuts a line into the values of the format's variables.
/// A scan allocates nothing, keeps no state and may run on many threads.
/// </summary>
/// <remarks>
/// A variable's value ends where the literal text behind it begins for the first time. That is exact for whatever nginx
/// escapes (a quote within a value never looks like the quote behind it), and for values whose shape is known: times,
/// status, lists of upstreams. What a client sends, unquoted or with <c>escape=none</c>, can be ambiguous in nginx's
/// own output; then the first end wins and the last variable takes what remains.
/// </remarks>
public sealed class LogFormat
{
    private readonly byte[] _prefix;
    private readonly LogFormatField[] _fields;
    private readonly string[] _variables;

    private LogFormat(string text, LogEscape escape, byte[] prefix, LogFormatField[] fields)
    {
        Text = text;
        Escape = escape;
        _prefix = prefix;
        _fields = fields;
        _variables = [.. fields.Select(field => field.Name)];
    }

    /// <summary>The format without the quotes and the directive it may have been pasted with.</summary>
    public string Text { get; }

    /// <summary>How nginx escapes the values of this format.</summary>
    public LogEscape Escape { get; }

    /// <summary>The names of the variables in their order, without the dollar.</summary>
    public IReadOnlyList<string> Variables => _variables;

    /// <summary>
    /// Compiles a format: the bare text (<c>$remote_addr [$time_local] ...</c>), a pasted <c>log_format name '...' '...';</c>
    /// directive or its quoted strings, or a well-known name (<c>combined</c>, <c>main</c>).
    /// </summary>
    public static bool TryCompile(
        string text,
        [NotNullWhen(true)] out LogFormat? format,
        [NotNullWhen(false)] out LogFormatError? error,
        LogEscape? escape = null)
    {
        format = null;
        if (!LogFormatText.TryRead(text, out var read, out error) || !LogFormatText.TryTokenize(read.Format, out var tokens, out error))
        {
            return false;
        }

        format = OfTokens(read.Format, tokens, escape ?? read.Escape);
        return true;
    }

    /// <summary>
    /// Compiles a format of Apache's <c>LogFormat</c>: the string, the whole directive, or a well-known nickname (<c>common</c>,
    /// <c>combined</c>, <c>vhost_combined</c>). Its fields have the names of nginx's variables where these say the same.
    /// </summary>
    public static bool TryCompileApache(string text, [NotNullWhen(true)] out LogFormat? format, [NotNullWhen(false)] out LogFormatError? error)
    {
        format = ApacheFormatText.TryRead(text, out var read, out var tokens, out error) ? OfTokens(read, tokens, LogEscape.Apache) : null;
        return format is not null;
    }

    private static LogFormat OfTokens(string text, List<LogFormatToken> tokens, LogEscape escape) =>
        new(text, escape, tokens[0].IsVariable ? [] : Encoding.UTF8.GetBytes(tokens[0].Text), Chain(tokens, escape));

    /// <summary>As <see cref="TryCompile"/>, for a format that the program itself brings.</summary>
    /// <exception cref="FormatException">The format cannot be compiled.</exception>
    public static LogFormat Compile(string text, LogEscape? escape = null) =>
        TryCompile(text, out var format, out var error, escape) ? format : throw new FormatException(error.ToString());

    /// <summary>The index of a variable in <see cref="Variables"/> and in what <see cref="Scan"/> fills; -1 when the format has none of that name.</summary>
    public int IndexOf(string variable) => Array.IndexOf(_variables, variable);

    /// <summary>Cuts a line (without its line feed). <paramref name="values"/> must have room for all <see cref="Variables"/>; it is valid when the line matched.</summary>
    public LineMatch Scan(ReadOnlySpan<byte> line, Span<FieldSpan> values)
    {
        if (!line.StartsWith(_prefix))
        {
            return new LineMatch(0, line.CommonPrefixLength(_prefix));
        }

        var fields = _fields;
        var at = _prefix.Length;
        var last = fields.Length - 1;
        for (var i = 0; i < last; i++)
        {
            var field = fields[i];
            var end = field.FindEnd(line, at);
            if (end < 0)
            {
                return new LineMatch(i, at);
            }

            values[i] = new FieldSpan(at, end - at);
            at = end + field.LiteralLength;
        }

        var rest = fields[last].FindLastEnd(line, at);
        if (rest < 0)
        {
            return new LineMatch(last, at);
        }

        values[last] = new FieldSpan(at, rest - at);
        return LineMatch.Success;
    }

    /// <summary>Says in words why a line did not match.</summary>
    public string Explain(LineMatch match)
    {
        if (match.IsMatch)
        {
            return "the line matches";
        }

        if (match.Field == 0 && match.Offset < _prefix.Length)
        {
            return $"at byte {match.Offset}: the format begins with '{Encoding.UTF8.GetString(_prefix)}'";
        }

        var field = _fields[match.Field];
        return match.Field == _fields.Length - 1
            ? $"at byte {match.Offset}: ${field.Name} must be followed by '{field.Literal}' and the end of the line"
            : $"at byte {match.Offset}: no '{field.Literal}' ends ${field.Name}";
    }

    private static LogFormatField[] Chain(List<LogFormatToken> tokens, LogEscape escape)
    {
        var fields = new List<LogFormatField>();
        LogFormatField? next = null;
        for (var i = tokens.Count - 1; i >= 0; i--)
        {
            if (tokens[i].IsVariable)
            {
                var literal = i + 1 < tokens.Count ? tokens[i + 1].Text : "";
                next = new LogFormatField(tokens[i].Text, literal, escape, next);
                fields.Add(next);
            }
        }

        fields.Reverse();
        return [.. fields];
    }
}
