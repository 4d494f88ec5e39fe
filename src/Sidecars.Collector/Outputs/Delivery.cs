namespace Sidecars.Collector.Outputs;

/// <summary>
/// What became of a batch: acknowledged; failed, to be tried again as it is; refused for good by the receiver, so that its records
/// are tried apart until the bad ones are found; or taken in part, with a verdict on the records that were not.
/// </summary>
/// <param name="Failure">The reason, one of few words for the metrics; null when acknowledged.</param>
/// <param name="Detail">The reason for people.</param>
internal readonly record struct Delivery(string? Failure, string? Detail)
{
    public static Delivery Acknowledged => default;

    public bool IsAcknowledged => Failure is null;

    /// <summary>The receiver will never take the batch as it is (a 4xx that no waiting mends).</summary>
    public bool IsRefused { get; private init; }

    /// <summary>The receiver's own word on how long to wait before the next try (Retry-After).</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The records of the batch that were not taken, in their order; all others were. Null when the verdict is on the whole.</summary>
    public IReadOnlyList<RecordVerdict>? Records { get; private init; }

    /// <summary>The refusals are about the records for sure, so that they count although the receiver takes nothing else.</summary>
    public bool IsCertain { get; init; }

    /// <summary>To be tried again, the same bytes.</summary>
    public static Delivery Failed(string reason, string detail, TimeSpan? retryAfter = null) =>
        new(reason, detail) { RetryAfter = retryAfter };

    /// <summary>Never to be taken as it is.</summary>
    public static Delivery Refused(string reason, string detail) => new(reason, detail) { IsRefused = true };

    /// <summary>Taken but for some records.</summary>
    public static Delivery Partly(string reason, string detail, IReadOnlyList<RecordVerdict> records, TimeSpan? retryAfter = null) =>
        new(reason, detail) { Records = records, RetryAfter = retryAfter };
}

/// <summary>Why one record of a batch was not taken.</summary>
/// <param name="Index">Its place among the records of the batch's payload, from 0.</param>
/// <param name="IsRefused">The receiver will never take it; else it is to be tried again.</param>
/// <param name="Detail">The receiver's reason.</param>
internal readonly record struct RecordVerdict(int Index, bool IsRefused, string Detail);
