namespace Sidecars.Common.Parsing;

/// <summary>What a parser may be told besides its word; each takes what concerns it.</summary>
public sealed record ParserSettings
{
    /// <summary>All defaults.</summary>
    public static ParserSettings Default { get; } = new();

    /// <summary>The format of <c>log_format</c> and <c>apache</c>, or the pattern of <c>regex</c>, where the word does not bring it.</summary>
    public string? Pattern { get; init; }

    /// <summary>The names of the columns of <c>csv</c>, in order; an empty name leaves a column out.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>What stands between the columns of <c>csv</c>; a comma by default.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the members of objects within JSON become fields of their own (<c>a.b</c>); else an object is one field, as it stands.</summary>
    public bool Flatten { get; init; }

    /// <summary>Allows a <c>regex</c> that only a backtracking engine can run (look-around, back-references).</summary>
    public bool Unsafe { get; init; }

    /// <summary>How long a <c>regex</c> may work on one line before it is demoted; 50 ms by default.</summary>
    public TimeSpan RegexTimeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Called once, with the reason, when a <c>regex</c> is demoted for good to the slower engine that cannot run away.</summary>
    public Action<string>? Demoted { get; init; }
}
