namespace Sidecars.Faults;

/// <summary>How a receiver treats a request.</summary>
internal enum Mood
{
    /// <summary>Takes it and says so.</summary>
    Well,

    /// <summary>Reads it in small pieces, with pauses.</summary>
    Slow,

    /// <summary>Resets the connection in the middle of the body.</summary>
    ResetMidBody,

    /// <summary>Reads all of it, takes nothing, and resets the connection.</summary>
    ResetUnanswered,

    /// <summary>Answers 429, sometimes with Retry-After.</summary>
    Throttled,

    /// <summary>Answers 500.</summary>
    Broken,

    /// <summary>Takes it, and says so when the sender may not be waiting any more.</summary>
    Late,
}
