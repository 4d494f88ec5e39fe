using Sidecars.Ambassador.Http;
using Sidecars.Common.Tapping;

namespace Sidecars.Ambassador.Tapping;

/// <summary>A request that ended while somebody looked on.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Request">What is told about it.</param>
internal sealed record TappedRequest(DateTimeOffset Time, FinishedRequest Request)
{
    private const int Fixed = 256;

    /// <summary>What it takes up in memory, roughly.</summary>
    public static TapSize SizeOf(in FinishedRequest request) => new(Fixed + (2 * request.Path.Length), 1);
}
