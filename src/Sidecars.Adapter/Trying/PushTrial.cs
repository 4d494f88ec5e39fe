using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Pushing;
using Sidecars.Adapter.Rules;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Trying;

/// <summary>Tries what a source that is pushed to makes of lines, in a store of its own: nothing listens, and nothing else is counted.</summary>
internal sealed class PushTrial
{
    private readonly PushStore _store;
    private readonly SampleReader _reader;

    public PushTrial(PushOptions source, AdapterOptions options, TimeProvider time)
    {
        var plan = PlanCompiler.Compile(options, time);
        _store = new PushStore(options.Limits, time) { Own = MetricNames.Of([plan.LogSeries, plan.PageSeries]) };
        _reader = SampleReaders.Create(source, _store, options.Limits);
    }

    /// <summary>Reads a line, or several. Returns why samples of it were not counted; none where all were.</summary>
    public IReadOnlyList<string> Read(string text)
    {
        var before = Drops();
        _reader.Read(Encoding.UTF8.GetBytes(text));
        return [.. Drops().Where(drop => drop.Count > before.First(other => other.Reason == drop.Reason).Count).Select(drop => drop.Reason)];
    }

    /// <summary>The page as it is now.</summary>
    public string Page()
    {
        using var buffer = new ExpositionBuffer();
        _store.Write(buffer, MetricsFormat.Text, withCreated: false);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private List<(string Reason, long Count)> Drops() =>
        [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(reason => (reason.ToString().ToLowerInvariant(), _reader.DroppedBy(reason)))];
}
