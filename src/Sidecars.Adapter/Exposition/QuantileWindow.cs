namespace Sidecars.Adapter.Exposition;

/// <summary>
/// Quantiles of what was observed lately, in bounded memory: counts by size, each size 5 % above the one before, so that a quantile
/// is right to 2.5 %. Two generations, each half the window, replace each other.
/// </summary>
internal sealed class QuantileWindow(TimeSpan window)
{
    private const double Smallest = 1e-9;
    private const int Sizes = 1024;

    private static readonly double Growth = Math.Log(1.05);

    private readonly long _half = Math.Max(1, window.Ticks / 2);
    private Generation _now = new();
    private Generation _before = new();
    private long _began = long.MinValue;

    public void Observe(double value, long weight, long now)
    {
        Turn(now);
        _now.Add(value, weight);
    }

    /// <summary>The value below which a part of what was observed lies; NaN when there was nothing.</summary>
    public double Quantile(double quantile, long now)
    {
        Turn(now);
        var total = _now.Total + _before.Total;
        if (total == 0)
        {
            return double.NaN;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(quantile * total));
        for (var size = Math.Min(_now.First, _before.First); size < Sizes; size++)
        {
            rank -= _now.At(size) + _before.At(size);
            if (rank <= 0)
            {
                return size == 0 ? 0 : Smallest * Math.Exp((size - .5) * Growth);
            }
        }

        return double.NaN;
    }

    /// <summary>All that was observed lately, for the record.</summary>
    public long[] Save() => [_began, .. _now.Save(), .. _before.Save()];

    /// <summary>Goes on with what <see cref="Save"/> gave.</summary>
    public void Restore(ReadOnlySpan<long> saved)
    {
        if (saved.IsEmpty)
        {
            return;
        }

        _began = saved[0];
        var rest = _now.Restore(saved[1..]);
        _before.Restore(rest);
    }

    private static int SizeOf(double value) => value < Smallest ? 0 : Math.Min(Sizes - 1, 1 + (int)(Math.Log(value / Smallest) / Growth));

    private void Turn(long now)
    {
        if (_began == long.MinValue)
        {
            _began = now;
        }

        if (now - _began < _half)
        {
            return;
        }

        var isLongAgo = now - _began >= 2 * _half;
        (_before, _now) = (isLongAgo ? new Generation() : _now, new Generation());
        _began = now;
    }

    /// <summary>Counts over the range of sizes that occur, which is narrow for most.</summary>
    private sealed class Generation
    {
        private long[] _counts = [];

        public int First { get; private set; } = Sizes;

        public long Total { get; private set; }

        public long At(int size) => size >= First && size - First < _counts.Length ? _counts[size - First] : 0;

        public void Add(double value, long weight)
        {
            var size = SizeOf(value);
            if (size < First || size - First >= _counts.Length)
            {
                Grow(size);
            }

            _counts[size - First] += weight;
            Total += weight;
        }

        public long[] Save() => [First, _counts.Length, .. _counts];

        /// <summary>Reads what <see cref="Save"/> gave, and returns what stands behind it.</summary>
        public ReadOnlySpan<long> Restore(ReadOnlySpan<long> saved)
        {
            (First, var length) = ((int)saved[0], (int)saved[1]);
            _counts = saved.Slice(2, length).ToArray();
            Total = _counts.Sum();
            return saved[(2 + length)..];
        }

        private void Grow(int size)
        {
            var first = Math.Max(0, Math.Min(First, size - 4));
            var end = Math.Min(Sizes, Math.Max(First == Sizes ? 0 : First + _counts.Length, size + 5));
            var counts = new long[end - first];
            if (_counts.Length > 0)
            {
                _counts.CopyTo(counts, First - first);
            }

            (_counts, First) = (counts, first);
        }
    }
}
