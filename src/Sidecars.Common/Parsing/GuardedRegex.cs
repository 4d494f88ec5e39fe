using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sidecars.Common.Parsing;

/// <summary>
/// A regular expression that no text can make run away. The fast engine may take long over a hostile text: then the pattern is demoted
/// for good to the engine without backtracking, which runs in time linear to the text. The engine's time-out counts the time on the
/// wall, so a thread that had to wait for a processor looks slow too: a text that timed out is tried again, and only when that used up
/// its time on the processor is the pattern to blame; else only the text goes to the other engine.
/// </summary>
public sealed class GuardedRegex
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;
    private const int MostTries = 20;

    private readonly byte[] _required;
    private readonly ParserSettings _settings;
    private readonly bool _canDemote;
    private readonly Lazy<Regex> _linear;
    private Regex _regex;

    private GuardedRegex(Regex regex, ParserSettings settings, bool canDemote)
    {
        _regex = regex;
        var pattern = regex.ToString();
        _required = RegexLiteral.Find(pattern);
        _linear = new Lazy<Regex>(() => new Regex(pattern, Options | RegexOptions.NonBacktracking));
        _settings = settings;
        _canDemote = canDemote;
        Groups = [.. regex.GetGroupNames().Select(name => (name, regex.GroupNumberFromName(name)))];
    }

    /// <summary>All groups, the whole match first; those without a name have their number as such.</summary>
    public IReadOnlyList<(string Name, int Number)> Groups { get; }

    /// <summary>Whether the pattern was demoted.</summary>
    public bool IsDemoted { get; private set; }

    /// <summary>The UTF-8 text that every match must hold; empty where there is none.</summary>
    public ReadOnlySpan<byte> Required => _required;

    /// <summary>Compiles a pattern, or says what is wrong with it.</summary>
    /// <param name="pattern">A pattern of .NET.</param>
    /// <param name="settings">Whether what needs backtracking is allowed, how long a match may take, and who is told of a demotion.</param>
    /// <param name="regex">The expression.</param>
    /// <param name="error">What is wrong, and the remedy.</param>
    public static bool TryCreate(string pattern, ParserSettings settings, [NotNullWhen(true)] out GuardedRegex? regex, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(settings);
        regex = null;
        try
        {
            var fast = new Regex(pattern, Options, settings.RegexTimeout);
            var problem = Problem(pattern);
            error = problem is null || settings.Unsafe ? null
                : $"the regex cannot run without backtracking ({problem}), so one line could take it forever; write it without look-around and back-references, or set unsafe: true";
            regex = error is null ? new GuardedRegex(fast, settings, problem is null) : null;
        }
        catch (ArgumentException invalid)
        {
            error = $"the regex is not valid: {invalid.Message}";
        }

        return error is null;
    }

    /// <summary>Whether a UTF-8 text holds what every match must hold; false is certain, true is not.</summary>
    public bool MayMatch(ReadOnlySpan<byte> text) => _required.Length == 0 || text.IndexOf(_required) >= 0;

    /// <summary>The match; null when it took too long and there is no other engine.</summary>
    public Match? Match(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return _regex.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return MatchAgain(text);
        }
    }

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
