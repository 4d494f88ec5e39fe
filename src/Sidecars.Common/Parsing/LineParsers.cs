using System.Diagnostics.CodeAnalysis;

namespace Sidecars.Common.Parsing;

/// <summary>Makes parsers from the words that configurations know them by.</summary>
public static class LineParsers
{
    private const string RegexPrefix = "regex:";

    private delegate LineParser? Maker(ParserSettings settings, out string? error);

    private static readonly Dictionary<string, Maker> ByWord = new(StringComparer.Ordinal)
    {
        ["apache"] = ApacheOf,
        ["apache_error"] = Plain(_ => new ApacheErrorParser()),
        ["auto"] = Plain(_ => new AutoParser()),
        ["combined"] = Nginx("combined"),
        ["common"] = Apache("common"),
        ["cri"] = Plain(_ => new CriParser()),
        ["csv"] = CsvOf,
        ["docker"] = Plain(_ => new DockerParser()),
        ["dotnet"] = Plain(_ => new DotNetParser()),
        ["json"] = Plain(settings => new JsonParser(settings.Flatten)),
        ["log4j"] = Plain(_ => new Log4jParser()),
        ["log_format"] = LogFormatOf,
        ["logfmt"] = Plain(_ => new LogfmtParser()),
        ["main"] = Nginx("main"),
        ["nginx_error"] = Plain(_ => new NginxErrorParser()),
        ["postgresql"] = Plain(_ => new PostgresParser()),
        ["python"] = Plain(_ => new PythonParser()),
        ["raw"] = Plain(_ => new RawParser()),
        ["regex"] = RegexOf,
        ["rfc3164"] = Plain(_ => new SyslogParser("rfc3164", takesNew: false)),
        ["rfc5424"] = Plain(_ => new SyslogParser("rfc5424", takesOld: false)),
        ["syslog"] = Plain(_ => new SyslogParser("syslog")),
        ["vhost_combined"] = Apache("vhost_combined"),
    };

    /// <summary>The words, sorted.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. ByWord.Keys.Order(StringComparer.Ordinal)];

    /// <summary>
    /// Makes a parser from a word (<see cref="Words"/>) or from a format itself: nginx's <c>log_format</c> string or directive, Apache's
    /// <c>LogFormat</c>, or <c>regex:</c> and a pattern. Each consumer needs one of its own.
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
            : word.StartsWith(RegexPrefix, StringComparison.Ordinal) ? RegexOf(settings with { Pattern = word[RegexPrefix.Length..].Trim() }, out error)
            : word.Contains('$', StringComparison.Ordinal) ? LogFormatOf(settings with { Pattern = word }, out error)
            : word.Contains('%', StringComparison.Ordinal) ? ApacheOf(settings with { Pattern = word }, out error)
            : Unknown(word, out error);
        error ??= parser is null ? "the parser cannot be made" : null;
        return parser is not null;
    }

    private static Maker Plain(Func<ParserSettings, LineParser> make) => (ParserSettings settings, out string? error) =>
    {
        error = null;
        return make(settings);
    };

    // read with Apache's escapes, which take in nginx's: many log in "combined"
    private static Maker Nginx(string name) => Plain(_ => new LogFormatParser(name, LogFormat.Compile(name, LogEscape.Apache)));

    private static Maker Apache(string name) => (ParserSettings settings, out string? error) =>
    {
        var parser = ApacheOf(settings with { Pattern = name }, out error);
        return parser is null ? null : new LogFormatParser(name, parser.Layout);
    };

    private static LogFormatParser? ApacheOf(ParserSettings settings, out string? error)
    {
        if (settings.Pattern is null)
        {
            error = "apache needs the format: paste the string of LogFormat";
            return null;
        }

        var compiled = LogFormat.TryCompileApache(settings.Pattern, out var format, out var problem);
        error = compiled ? null : problem!.ToString();
        return compiled ? new LogFormatParser("apache", format!) : null;
    }

    private static RegexParser? RegexOf(ParserSettings settings, out string? error)
    {
        error = settings.Pattern is null ? "regex needs the pattern" : null;
        return error is null && RegexParser.TryCreate(settings.Pattern!, settings, out var parser, out error) ? parser : null;
    }

    private static CsvParser? CsvOf(ParserSettings settings, out string? error)
    {
        error = settings.Columns.Count == 0 ? "csv needs the names of the columns"
            : settings.Delimiter is '"' or '\r' or '\n' || !char.IsAscii(settings.Delimiter) ? "the delimiter of csv must be one ASCII character, and no quote"
            : null;
        return error is null ? new CsvParser(settings.Columns, (byte)settings.Delimiter) : null;
    }

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
        error = $"'{word}' is not a known format; use one of {string.Join(", ", Words)}, or paste nginx's log_format string or Apache's LogFormat";
        return null;
    }
}
