using System.Numerics;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// A service's requests as the status page shows them: how many, how many failed, and how long they took, in buckets that are an
/// eighth of their value wide, so that a quantile of any stretch of time is right to about 6 %. One addition a request.
/// </summary>
internal sealed class RequestTally
{
    private const int SubBits = 3;
    private const int Sub = 1 << SubBits;
    private const int Buckets = 40 << SubBits;

    private readonly long[] _buckets = new long[Buckets];
    private long _upgraded;
    private long _failed;

    /// <summary>Requests that ended.</summary>
    public long Requests => _buckets.Sum() + Interlocked.Read(ref _upgraded);

    /// <summary>Those of them that failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>The last request that got no answer from an upstream; null when there was none.</summary>
    public RequestFailure? LastFailure { get; private set; }

    /// <summary>Notes a request that has ended.</summary>
    /// <param name="duration">How long it took; null for a WebSocket, whose life is no latency.</param>
    public void Note(TimeSpan? duration)
    {
        if (duration is { } time)
        {
            Interlocked.Increment(ref _buckets[BucketOf(time)]);
        }
        else
        {
            Interlocked.Increment(ref _upgraded);
        }
    }

    /// <summary>Notes that it failed.</summary>
    /// <param name="reason">Why it got no answer from an upstream; null where it got one that says so.</param>
    /// <param name="time">When.</param>
    public void NoteFailure(FailureReason? reason, DateTimeOffset time)
    {
        Interlocked.Increment(ref _failed);
        if (reason is not null)
        {
            LastFailure = new RequestFailure(reason, time);
        }
    }

    /// <summary>The buckets now, to be compared with those of another moment.</summary>
    public long[] Snapshot() => [.. _buckets];

    /// <summary>The duration, in seconds, that this share of the requests between two moments did not exceed; not a number where there were none.</summary>
    public static double Quantile(long[] before, long[] after, double share)
    {
        var all = 0L;
        for (var i = 0; i < Buckets; i++)
        {
            all += after[i] - before[i];
        }

        if (all == 0)
        {
            return double.NaN;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(all * share));
        var bucket = -1;
        while (rank > 0)
        {
            bucket++;
            rank -= after[bucket] - before[bucket];
        }

        return (LowerBound(bucket) + LowerBound(bucket + 1)) / 2.0 / 1e6;
    }

    /// <summary>By microseconds: the first ones each their own, then eight to each power of two.</summary>
    internal static int BucketOf(TimeSpan time)
    {
        var microseconds = (ulong)Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond);
        if (microseconds < Sub)
        {
            return (int)microseconds;
        }

        var power = BitOperations.Log2(microseconds);
        var bucket = ((power - SubBits + 1) << SubBits) + (int)((microseconds >> (power - SubBits)) & (Sub - 1));
        return Math.Min(bucket, Buckets - 1);
    }

    internal static double LowerBound(int bucket) => bucket < Sub
        ? bucket
        : (Sub + (bucket % Sub)) * Math.Pow(2, (bucket >> SubBits) - 1);
}

/// <summary>A request that got no answer from an upstream.</summary>
internal sealed record RequestFailure(FailureReason Reason, DateTimeOffset Time);
