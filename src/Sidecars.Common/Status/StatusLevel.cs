namespace Sidecars.Common.Status;

/// <summary>How well something is.</summary>
public enum StatusLevel
{
    /// <summary>Neither good nor bad.</summary>
    Neutral,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It goes on, but somebody should look at it.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Bad,
}
