using System.Collections.Immutable;

namespace Sidecars.Common.Status;

/// <summary>
/// What the status page shows: sections that a sidecar offers, made anew at each look, and rates that are sampled all the time, so
/// that the first look has a history. The sampling is one timer and a few additions every 5 s.
/// </summary>
public sealed class StatusBoard : IDisposable
{
    /// <summary>The time between two samplings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Lock _sampling = new();
    private readonly ITimer _timer;
    private ImmutableArray<StatusSection> _sections = [];
    private ImmutableArray<Action<TimeSpan>> _samplings = [];
    private long _last;

    /// <summary>A board without sections, which samples from now on.</summary>
    /// <param name="time">The clock.</param>
    public StatusBoard(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _started = _last = time.GetTimestamp();
        _timer = time.CreateTimer(static board => ((StatusBoard)board!).Sample(), this, Interval, Interval);
    }

    /// <summary>How many samplings failed: a mistake of ours, which costs a sample and nothing else.</summary>
    public int FailedSamplings { get; private set; }

    internal TimeSpan Uptime => _time.GetElapsedTime(_started);

    internal IReadOnlyList<StatusSection> Sections => _sections;

    /// <summary>Adds a section behind those that are there.</summary>
    /// <param name="name">Its name in <c>/status.json</c>, and its anchor on the page.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="table">Makes its table; may be called from any thread.</param>
    public void AddSection(string name, string title, Func<StatusTable> table) =>
        ImmutableInterlocked.Update(ref _sections, all => all.Add(new StatusSection(name, title, table)));

    /// <summary>Follows totals and tells their rates.</summary>
    /// <param name="totals">The totals by key; called every <see cref="Interval"/>.</param>
    public StatusRates AddRates(Func<IEnumerable<KeyValuePair<string, double>>> totals)
    {
        var rates = new StatusRates(totals);
        AddSampling(rates.Sample);
        return rates;
    }

    /// <summary>Adds something to be done at every sampling.</summary>
    /// <param name="sample">Gets the time since the last one.</param>
    public void AddSampling(Action<TimeSpan> sample) => ImmutableInterlocked.Update(ref _samplings, all => all.Add(sample));

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        lock (_sampling)
        {
            var now = _time.GetTimestamp();
            var elapsed = _time.GetElapsedTime(_last, now);
            _last = now;
            foreach (var sampling in elapsed > TimeSpan.Zero ? _samplings : [])
            {
                try
                {
                    sampling(elapsed);
                }
#pragma warning disable CA1031 // a figure on a page is not worth the process
                catch (Exception)
#pragma warning restore CA1031
                {
                    FailedSamplings++;
                }
            }
        }
    }
}

/// <summary>A section of the page.</summary>
internal sealed record StatusSection(string Name, string Title, Func<StatusTable> Table);
