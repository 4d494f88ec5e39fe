using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Lines by a regular expression with named groups: each group that took part becomes a field. Lines without the text that every match
/// must hold are told by their bytes. The fast engine may take long over a hostile line: then the pattern is demoted for good to the
/// engine without backtracking, which runs in time linear to the line. The engine's time-out counts the time on the wall, so a thread
/// that had to wait for a processor looks slow too: a line that timed out is tried again, and only when that used up its time on
/// the processor is the pattern to blame; else only the line goes to the other engine.
/// </summary>
internal sealed class RegexParser : LineParser
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;
    private const int MostTries = 20;

    private readonly byte[] _required;
    private readonly ParserSettings _settings;
    private readonly bool _canDemote;
    private readonly (FieldName Name, int Group)[] _groups;
    private readonly Lazy<Regex> _linear;
    private Regex _regex;

    private RegexParser(Regex regex, ParserSettings settings, bool canDemote)
    {
        _regex = regex;
        var pattern = regex.ToString();
        _required = RegexLiteral.Find(pattern);
        _linear = new Lazy<Regex>(() => new Regex(pattern, Options | RegexOptions.NonBacktracking));
        _settings = settings;
        _canDemote = canDemote;
        _groups = [.. Named(regex).Select(name => (FieldName.Of(name), regex.GroupNumberFromName(name)))];
    }

    public override string Name => "regex";

    /// <summary>The names of the groups, in order.</summary>
    public override IReadOnlyList<string> Fields => [.. _groups.Select(group => group.Name.Text)];

    /// <summary>Whether the pattern was demoted.</summary>
    public bool IsDemoted { get; private set; }

    public static bool TryCreate(string pattern, ParserSettings settings, [NotNullWhen(true)] out RegexParser? parser, [NotNullWhen(false)] out string? error)
    {
        parser = null;
        try
        {
            var regex = new Regex(pattern, Options, settings.RegexTimeout);
            var problem = Problem(pattern);
            error = !Named(regex).Any() ? "the regex has no named group; name what shall become a field: (?<name>...)"
                : problem is null || settings.Unsafe ? null
                : $"the regex cannot run without backtracking ({problem}), so one line could take it forever; write it without look-around and back-references, or set unsafe: true";
            parser = error is null ? new RegexParser(regex, settings, problem is null) : null;
        }
        catch (ArgumentException invalid)
        {
            error = $"the regex is not valid: {invalid.Message}";
        }

        return error is null;
    }

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        if (_required.Length > 0 && line.AsSpan().IndexOf(_required) < 0)
        {
            return false;
        }

        var match = Match(Encoding.UTF8.GetString(line));
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
        if (_required.Length > 0 && line.AsSpan().IndexOf(_required) < 0)
        {
            return $"every match of the regex holds '{Encoding.UTF8.GetString(_required)}', and the line does not";
        }

        return Match(Encoding.UTF8.GetString(line)) switch
        {
            null => $"the regex took longer than {_settings.RegexTimeout.TotalMilliseconds} ms",
            { Success: true } => "the line matches the regex",
            _ => "the line does not match the regex",
        };
    }

    private static IEnumerable<string> Named(Regex regex) => regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]));

    private static string? Problem(string pattern)
    {
        try
        {
            _ = new Regex(pattern, Options | RegexOptions.NonBacktracking);
            return null;
        }
        catch (NotSupportedException unsupported)
        {
            return unsupported.Message.TrimEnd('.');
        }
    }

    private static ArraySegment<byte> Encode(Group group, FieldSet fields)
    {
        var value = fields.Rent(Encoding.UTF8.GetByteCount(group.ValueSpan));
        Encoding.UTF8.GetBytes(group.ValueSpan, value);
        return value;
    }

    /// <summary>The match; null when it took too long and there is no other engine.</summary>
    private Match? Match(string text)
    {
        try
        {
            return _regex.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return MatchAgain(text);
        }
    }

    /// <summary>Tries until it matches or not, or has used up half its time on the processor.</summary>
    private Match? MatchAgain(string text)
    {
        var began = ThreadTime.Now();
        for (var i = 0; i < MostTries && ThreadTime.Now() - began < _settings.RegexTimeout / 2; i++)
        {
            try
            {
                return _regex.Match(text);
            }
            catch (RegexMatchTimeoutException)
            {
                // slow, or only waiting: the thread's own time tells
            }
        }

        if (!_canDemote)
        {
            return null;
        }

        if (ThreadTime.Now() - began >= _settings.RegexTimeout / 2)
        {
            Demote(text);
        }

        return _linear.Value.Match(text);
    }

    private void Demote(string text)
    {
        IsDemoted = true;
        _regex = _linear.Value;
        _settings.Demoted?.Invoke($"a line of {text.Length} characters took longer than {_settings.RegexTimeout.TotalMilliseconds} ms");
    }
}
