using System.IO.Hashing;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Shaping;

/// <summary>Keeps so many records a second, after a burst; with a field, for each of its values. Token buckets, of which there are never more than a number.</summary>
internal sealed class RateLimitStep(double perSecond, double burst, string? by, TimeProvider time) : Step
{
    private const int MostKeys = 10_000;

    private readonly RecordFields? _field = by is null ? null : new RecordFields([by]);
    private readonly Dictionary<ulong, Bucket> _buckets = [];

    public override string Name => "rate_limit";

    public override StepOutcome Apply(LogRecord record, bool isRepeat) =>
        isRepeat || Find(record).TryTake(time, perSecond, burst) ? StepOutcome.Done : StepOutcome.Dropped;

    private Bucket Find(LogRecord record)
    {
        var key = 0UL;
        if (_field is not null)
        {
            _field.Record = record;
            key = _field.TryGet(0, default, out var value) ? XxHash3.HashToUInt64(value) : 0;
        }

        if (_buckets.TryGetValue(key, out var bucket))
        {
            return bucket;
        }

        if (_buckets.Count >= MostKeys)
        {
            Forget();
            key = _buckets.Count >= MostKeys ? 0 : key;
        }

        return _buckets.TryGetValue(key, out bucket) ? bucket : _buckets[key] = new Bucket(burst, time.GetTimestamp());
    }

    /// <summary>A full bucket is as good as none.</summary>
    private void Forget()
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.IsFull(time, perSecond, burst))
            {
                _buckets.Remove(key);
            }
        }
    }

    private sealed class Bucket(double tokens, long since)
    {
        private double _tokens = tokens;
        private long _since = since;

        public bool IsFull(TimeProvider time, double perSecond, double burst) =>
            _tokens + (time.GetElapsedTime(_since).TotalSeconds * perSecond) >= burst;

        public bool TryTake(TimeProvider time, double perSecond, double burst)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (time.GetElapsedTime(_since, now).TotalSeconds * perSecond));
            _since = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
