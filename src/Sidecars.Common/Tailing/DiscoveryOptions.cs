namespace Sidecars.Common.Tailing;

/// <summary>Files to look for: patterns (see <see cref="PathPattern"/>), those left out, and where to begin in files that are there at the start.</summary>
public sealed record DiscoverySource(IReadOnlyList<string> Paths, IReadOnlyList<string> Exclude, bool FromEnd = false)
{
    /// <summary>Whether files whose names end in .gz are decompressed and read once; else they are followed as any other.</summary>
    public bool Compressed { get; init; }
}

/// <summary>A file read before a restart; it is found again by its identity in the same folder even when no pattern leads to it any more.</summary>
public sealed record KnownFile(string Path, FileIdentity Identity, Fingerprint Head);

/// <summary>How <see cref="FileDiscovery"/> looks for files.</summary>
public sealed record DiscoveryOptions(IReadOnlyList<DiscoverySource> Sources)
{
    /// <summary>Files read before a restart.</summary>
    public IReadOnlyList<KnownFile> Known { get; init; } = [];

    /// <summary>How often files are looked at where folders cannot be watched; four times as long where they are.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a renamed or deleted file is kept open after the last write to it.</summary>
    public TimeSpan RotatedGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How the characters of a file are written, by its path. Default: UTF-8, whatever the file begins with.</summary>
    public Func<string, TextEncoding> EncodingOf { get; init; } = static _ => TextEncoding.Utf8;

    /// <summary>Called after every look, as a sign of life.</summary>
    public Action? Looked { get; init; }
}
