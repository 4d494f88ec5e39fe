namespace Sidecars.Collector.Outputs;

/// <summary>What became of a batch: acknowledged, or why not. Not acknowledged means: to be tried again.</summary>
/// <param name="Failure">The reason, one of few words for the metrics; null when acknowledged.</param>
/// <param name="Detail">The reason for people.</param>
internal readonly record struct Delivery(string? Failure, string? Detail)
{
    public static Delivery Acknowledged => default;

    public bool IsAcknowledged => Failure is null;

    public static Delivery Failed(string reason, string detail) => new(reason, detail);
}
