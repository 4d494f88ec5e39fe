using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Sidecars.Ambassador.Balancing;

/// <summary>A hash that is the same in every process: pods side by side send the same key to the same server.</summary>
internal static class StableHash
{
    public static ulong Of(ReadOnlySpan<char> text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));
}
