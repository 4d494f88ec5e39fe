using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Parsing;

/// <summary>Makes parsers from the words that configurations know them by.</summary>
public static class LineParsers
{
    private delegate LineParser? Maker(ParserSettings settings, out string? error);

    private static readonly Dictionary<string, Maker> ByWord = new(StringComparer.Ordinal)
    {
        ["combined"] = Format("combined"),
        ["main"] = Format("main"),
        ["log_format"] = LogFormatOf,
        ["json"] = Plain(settings => new JsonParser(settings.Flatten)),
        ["logfmt"] = Plain(_ => new LogfmtParser()),
    };

    /// <summary>The words, sorted.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. ByWord.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Makes a parser from a word (<see cref="Words"/>) or from a format itself: nginx's <c>log_format</c> string or directive.
    /// Each consumer needs one of its own.
    /// </summary>
    /// <param name="spec">The word or the format.</param>
    /// <param name="settings">What the parser may be told besides.</param>
    /// <param name="parser">The parser.</param>
    /// <param name="error">What is wrong, and the remedy.</param>
    public static bool TryCreate(string spec, ParserSettings settings, [NotNullWhen(true)] out LineParser? parser, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(settings);
        var word = spec.Trim();
        parser = ByWord.TryGetValue(word, out var maker) ? maker(settings, out error)
            : word.Contains('$', StringComparison.Ordinal) ? LogFormatOf(settings with { Pattern = word }, out error)
            : Unknown(word, out error);
        error ??= parser is null ? "the parser cannot be made" : null;
        return parser is not null;
    }

    private static Maker Plain(Func<ParserSettings, LineParser> make) => (ParserSettings settings, out string? error) =>
    {
        error = null;
        return make(settings);
    };

    private static Maker Format(string name) => Plain(_ => new LogFormatParser(name, LogFormat.Compile(name)));

    private static LogFormatParser? LogFormatOf(ParserSettings settings, out string? error)
    {
        if (settings.Pattern is null)
        {
            error = "log_format needs the format: paste nginx's log_format string";
            return null;
        }

        var compiled = LogFormat.TryCompile(settings.Pattern, out var format, out var problem);
        error = compiled ? null : problem!.ToString();
        return compiled ? new LogFormatParser("log_format", format!) : null;
    }

    private static LineParser? Unknown(string word, out string error)
    {
        error = $"'{word}' is not a known format; use one of {string.Join(", ", Words)}, or paste nginx's log_format string";
        return null;
    }
}
