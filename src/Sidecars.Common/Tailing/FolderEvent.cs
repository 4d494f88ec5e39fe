namespace Sidecars.Common.Tailing;

/// <summary>What happened in a watched folder.</summary>
internal enum FolderEventKind
{
    /// <summary>A file was written to or truncated.</summary>
    Modified,

    /// <summary>A name appeared or vanished.</summary>
    Structure,

    /// <summary>A name was changed within the watched folders: <see cref="FolderEvent.Path"/> came from <see cref="FolderEvent.From"/>.</summary>
    Renamed,

    /// <summary>Events were lost; everything has to be looked at.</summary>
    Overflow,
}

/// <summary>One event; paths are absolute.</summary>
internal readonly record struct FolderEvent(FolderEventKind Kind, string Path, string? From = null);

/// <summary>What came of the wish to watch a folder.</summary>
internal enum WatchOutcome
{
    /// <summary>It was not watched before.</summary>
    New,

    /// <summary>It is watched already.</summary>
    Kept,

    /// <summary>The kernel refused (no such folder, no right, no watch left).</summary>
    Refused,
}
