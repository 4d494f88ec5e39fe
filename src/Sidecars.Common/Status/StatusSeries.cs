namespace Sidecars.Common.Status;

/// <summary>The last values of a figure, one a sampling, in a ring of fixed size: 5 minutes at one every 5 s.</summary>
public sealed class StatusSeries
{
    /// <summary>So many are kept.</summary>
    public const int Capacity = 60;

    private readonly Lock _lock = new();
    private readonly float[] _values = new float[Capacity];
    private int _count;
    private int _next;

    /// <summary>The newest value; null before the first one, and where that one was none.</summary>
    public double? Last
    {
        get
        {
            lock (_lock)
            {
                return _count > 0 && _values[(_next + Capacity - 1) % Capacity] is var last && !float.IsNaN(last) ? last : null;
            }
        }
    }

    /// <summary>Adds a value; the oldest one gives way.</summary>
    /// <param name="value">Not a number where there was nothing to measure.</param>
    public void Add(double value)
    {
        lock (_lock)
        {
            _values[_next] = (float)value;
            _next = (_next + 1) % Capacity;
            _count = Math.Min(_count + 1, Capacity);
        }
    }

    /// <summary>The values, the oldest first.</summary>
    public float[] ToArray()
    {
        lock (_lock)
        {
            var values = new float[_count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = _values[(_next - _count + i + Capacity) % Capacity];
            }

            return values;
        }
    }
}
