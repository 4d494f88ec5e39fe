using System.IO.Hashing;

namespace Sidecars.Common.Tailing;

/// <summary>
/// The length and hash of a run of bytes of a file. One over the head and one over the bytes just before the place reached tell
/// whether a file is still the one that was read: a reused inode, or a file truncated and grown again past the old place, differs.
/// </summary>
public readonly record struct Fingerprint(int Length, ulong Hash)
{
    /// <summary>The most bytes a fingerprint covers.</summary>
    public const int MaximumLength = 1024;

    /// <summary>The fingerprint of the last bytes (at most <see cref="MaximumLength"/>) of what is given.</summary>
    public static Fingerprint OfEnd(ReadOnlySpan<byte> bytes)
    {
        var window = bytes.Length > MaximumLength ? bytes[^MaximumLength..] : bytes;
        return new Fingerprint(window.Length, XxHash3.HashToUInt64(window));
    }

    /// <summary>Whether the bytes, which must be as many as the fingerprint covers, are the ones it was taken of.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => bytes.Length == Length && XxHash3.HashToUInt64(bytes) == Hash;
}
