using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Lines by a regular expression with named groups: each group that took part becomes a field. Lines without the text that every match
/// must hold are told by their bytes; see <see cref="GuardedRegex"/> for lines that would take it long.
/// </summary>
internal sealed class RegexParser : LineParser
{
    private readonly GuardedRegex _regex;
    private readonly ParserSettings _settings;
    private readonly (FieldName Name, int Group)[] _groups;

    private RegexParser(GuardedRegex regex, ParserSettings settings)
    {
        _regex = regex;
        _settings = settings;
        _groups = [.. Named(regex).Select(group => (FieldName.Of(group.Name), group.Number))];
    }

    public override string Name => "regex";

    /// <summary>The names of the groups, in order.</summary>
    public override IReadOnlyList<string> Fields => [.. _groups.Select(group => group.Name.Text)];

    /// <summary>Whether the pattern was demoted.</summary>
    public bool IsDemoted => _regex.IsDemoted;

    public static bool TryCreate(string pattern, ParserSettings settings, [NotNullWhen(true)] out RegexParser? parser, [NotNullWhen(false)] out string? error)
    {
        if (GuardedRegex.TryCreate(pattern, settings, out var regex, out error) && !Named(regex).Any())
        {
            error = "the regex has no named group; name what shall become a field: (?<name>...)";
        }

        parser = error is null ? new RegexParser(regex!, settings) : null;
        return parser is not null;
    }

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        if (!_regex.MayMatch(line))
        {
            return false;
        }

        var match = _regex.Match(Encoding.UTF8.GetString(line));
        if (match is not { Success: true })
        {
            return false;
        }

        var isAscii = Ascii.IsValid(line);
        foreach (var (name, number) in _groups)
        {
            var group = match.Groups[number];
            if (group.Success)
            {
                var value = isAscii ? line.Slice(group.Index, group.Length) : Encode(group, fields);
                fields.Add(name, value, BareValue.KindOf(value));
            }
        }

        return true;
    }

    public override string Explain(ArraySegment<byte> line)
    {
        if (!_regex.MayMatch(line))
        {
            return $"every match of the regex holds '{Encoding.UTF8.GetString(_regex.Required)}', and the line does not";
        }

        return _regex.Match(Encoding.UTF8.GetString(line)) switch
        {
            null => $"the regex took longer than {_settings.RegexTimeout.TotalMilliseconds} ms",
            { Success: true } => "the line matches the regex",
            _ => "the line does not match the regex",
        };
    }

    private static IEnumerable<(string Name, int Number)> Named(GuardedRegex regex) => regex.Groups.Where(group => !char.IsAsciiDigit(group.Name[0]));

    private static ArraySegment<byte> Encode(Group group, FieldSet fields)
    {
        var value = fields.Rent(Encoding.UTF8.GetByteCount(group.ValueSpan));
        Encoding.UTF8.GetBytes(group.ValueSpan, value);
        return value;
    }
}
