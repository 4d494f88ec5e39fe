namespace Sidecars.Common.Access;

/// <summary>What is thought of credentials.</summary>
internal enum Verdict
{
    /// <summary>They are those of a user.</summary>
    Right,

    /// <summary>They are nobody's.</summary>
    Wrong,

    /// <summary>So many wait to be looked at that these are not.</summary>
    Busy,
}
