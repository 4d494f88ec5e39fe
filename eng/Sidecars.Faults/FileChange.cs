namespace Sidecars.Faults;

/// <summary>What becomes of a file while it is written to.</summary>
internal enum FileChange
{
    /// <summary>Renamed, and a new one made; some lines still go to the old one.</summary>
    RenameAndCreate,

    /// <summary>Renamed; some lines still go to it while no file has the name; then a new one is made.</summary>
    RenameBeforeCreate,

    /// <summary>Deleted, with what is not read yet; some lines still go to it; then a new one of the name is made.</summary>
    Delete,

    /// <summary>Truncated in place.</summary>
    Truncate,

    /// <summary>Truncated in place, and at once longer than before.</summary>
    TruncateAndRegrow,
}
