using System.Buffers;

namespace Sidecars.Adapter.Labels;

/// <summary>Tells the parts of a path that name one thing of many from those that name a route.</summary>
internal static class PathIds
{
    /// <summary>Hexadecimal text is an id from here on: shorter text is often a word or a version.</summary>
    private const int ShortestHex = 8;

    /// <summary>Letters mixed with digits are a token from here on.</summary>
    private const int ShortestToken = 20;

    /// <summary>Whatever is as long as this is no name of a route.</summary>
    private const int LongestName = 64;

    private static readonly SearchValues<byte> NumberParts = SearchValues.Create("0123456789-,_:"u8);
    private static readonly SearchValues<byte> HexParts = SearchValues.Create("0123456789abcdefABCDEF-"u8);
    private static readonly SearchValues<byte> TokenParts = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_=%~+"u8);

    public static bool IsId(ReadOnlySpan<byte> part)
    {
        if (part.Length >= LongestName)
        {
            return true;
        }

        if (!part.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        return !part.ContainsAnyExcept(NumberParts)
            || (part.Length >= ShortestHex && !part.ContainsAnyExcept(HexParts))
            || (part.Length >= ShortestToken && !part.ContainsAnyExcept(TokenParts));
    }
}
