using System.Buffers;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>
/// One set of labels, and its entries of the current batch. Loki takes two entries of a stream for one when time and text are equal,
/// and many logs have whole seconds and repeat themselves: so the nanoseconds below what a time can tell are taken from the place in
/// the file. That keeps their order, and a record that is sent again has the same time again.
/// </summary>
/// <param name="labels">As Loki writes them: <c>{a="b", c="d"}</c>.</param>
/// <param name="json">As a JSON object.</param>
internal sealed class LokiStream(string labels, byte[] json)
{
    // records without a time of their own have the time they were read, which many share
    private const long ReadTimeUnit = UnixNanos.PerSecond / 10;

    private readonly List<Entry> _entries = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private long _unit = UnixNanos.PerSecond;
    private bool _isOrdered = true;

    public string Labels { get; } = labels;

    public byte[] LabelsUtf8 { get; } = System.Text.Encoding.UTF8.GetBytes(labels);

    public byte[] LabelsJson { get; } = json;

    /// <summary>The entries in the order of their times.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Entries => _entries.Select(entry => _bytes.WrittenMemory.Slice(entry.Start, entry.Length));

    public bool IsEmpty => _entries.Count == 0;

    public void Clear()
    {
        _entries.Clear();
        _bytes.ResetWrittenCount();
        _isOrdered = true;
    }

    /// <summary>The time of a record in nanoseconds since 1970.</summary>
    public long TimeOf(LogRecord record)
    {
        var nanos = UnixNanos.Of(record.Time);
        if (!record.HasOwnTime)
        {
            return nanos - (nanos % ReadTimeUnit) + (record.Offset % ReadTimeUnit);
        }

        _unit = Math.Min(_unit, Unit(nanos));
        return nanos + (record.Offset % _unit);
    }

    /// <summary>Where the next entry is written; then <see cref="Add"/> it.</summary>
    public IBufferWriter<byte> Begin(out int start)
    {
        start = _bytes.WrittenCount;
        return _bytes;
    }

    public void Add(int start, long time)
    {
        _isOrdered &= _entries.Count == 0 || _entries[^1].Time <= time;
        _entries.Add(new Entry(time, start, _bytes.WrittenCount - start));
    }

    /// <summary>Orders the entries by time, those of one time as they stand in the file.</summary>
    public void Sort()
    {
        if (!_isOrdered)
        {
            _entries.Sort(static (a, b) => a.Time != b.Time ? a.Time.CompareTo(b.Time) : a.Start.CompareTo(b.Start));
            _isOrdered = true;
        }
    }

    /// <summary>The finest of the usual resolutions that a time shows.</summary>
    private static long Unit(long nanos) =>
        nanos % UnixNanos.PerSecond == 0 ? UnixNanos.PerSecond : nanos % 1_000_000 == 0 ? 1_000_000 : nanos % 1000 == 0 ? 1000 : 100;

    private readonly record struct Entry(long Time, int Start, int Length);
}
