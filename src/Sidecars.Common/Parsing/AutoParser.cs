namespace Sidecars.Common.Parsing;

/// <summary>
/// Recognises the format of one file from its first lines and then sticks to it. The lines it learns from are parsed already; when none
/// of the first lines is of a known format, all are taken as they are.
/// </summary>
internal sealed class AutoParser : LineParser
{
    // as many lines in a row of one format settle it, as many of none settle that there is none
    private const int Settles = 3;
    private const int Tries = 32;

    private static readonly RawParser Raw = new();

    // the most particular first; the first that takes a line has it
    private static readonly string[] Candidates =
    [
        "docker", "json", "cri", "syslog", "vhost_combined", "main", "combined", "common", "nginx_error", "apache_error", "postgresql", "python", "log4j",
        "dotnet", "logfmt",
    ];

    private readonly LineParser[] _candidates = [.. Candidates.Select(Create)];
    private LineParser? _taken;
    private int _agreed;
    private int _tried;
    private bool _isSettled;

    public override string Name => "auto";

    public override string Format => _taken is null ? "auto" : _taken.Name;

    public override string? Recognised => _isSettled ? _taken!.Name : null;

    public override LineParser ForFile() => new AutoParser();

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        if (_isSettled)
        {
            return _taken!.TryParse(line, fields);
        }

        if (line.Count == 0)
        {
            return true;
        }

        var found = _taken is not null && Takes(_taken, line, fields) ? _taken : Recognise(line, fields);
        Learn(found);
        return true;
    }

    public override string Explain(ArraySegment<byte> line) =>
        _taken is null ? "no known format was recognised so far" : $"taken for {_taken.Name}: {_taken.Explain(line)}";

    private static LineParser Create(string word) =>
        LineParsers.TryCreate(word, ParserSettings.Default, out var parser, out var error) ? parser : throw new InvalidOperationException(error);

    private LineParser? Recognise(ArraySegment<byte> line, FieldSet fields)
    {
        foreach (var candidate in _candidates)
        {
            if (Takes(candidate, line, fields))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool Takes(LineParser parser, ArraySegment<byte> line, FieldSet fields)
    {
        // words with one equals sign among them are no logfmt
        if (parser.TryParse(line, fields) && !(parser is LogfmtParser && HasFlag(fields)))
        {
            return true;
        }

        fields.Clear();
        return false;
    }

    private static bool HasFlag(FieldSet fields)
    {
        foreach (ref readonly var field in fields.All)
        {
            if (field.Value.Array == CommonFields.True.Array)
            {
                return true;
            }
        }

        return false;
    }

    private void Learn(LineParser? found)
    {
        _tried++;
        if (found is not null)
        {
            _agreed = ReferenceEquals(found, _taken) ? _agreed + 1 : 1;
            _taken = found;
        }

        if (_agreed >= Settles || _tried >= Tries)
        {
            _taken ??= Raw;
            _isSettled = true;
        }
    }
}
