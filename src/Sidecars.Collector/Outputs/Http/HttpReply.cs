using System.Text;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>What came back: an answer, or the reason why there is none.</summary>
/// <param name="Status">The status; 0 when there is no answer.</param>
/// <param name="Body">The beginning of the body, valid until the next request.</param>
internal readonly record struct HttpReply(int Status, ReadOnlyMemory<byte> Body)
{
    private const int MostQuoted = 300;

    /// <summary>How long the receiver asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Where a redirect points to.</summary>
    public Uri? Location { get; init; }

    /// <summary>Why there is no answer.</summary>
    public Delivery? Failure { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The status and the beginning of what the receiver says, on one line.</summary>
    public string Words()
    {
        var said = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, MostQuoted)]).ReplaceLineEndings(" ").Trim();
        return said.Length == 0 ? $"HTTP {Status}" : $"HTTP {Status}: {said}";
    }
}
