namespace Sidecars.Adapter.Pushing;

/// <summary>Why a sample is not counted.</summary>
internal enum DropReason
{
    None,

    /// <summary>It is not of the protocol, or its value is not one that its type can have.</summary>
    Malformed,

    /// <summary>It is an event or a service check, of which no metric can be made.</summary>
    Event,

    /// <summary>A mapping says so.</summary>
    Mapping,

    /// <summary>Its metric's name is one of another type, or the adapter's own.</summary>
    Conflict,

    /// <summary>There are as many metrics as are allowed.</summary>
    Limit,
}
