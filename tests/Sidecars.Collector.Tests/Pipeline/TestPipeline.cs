using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Reclaim;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>A pipeline over the files of one folder, with outputs of the test's choice and its metrics at hand.</summary>
internal sealed class TestPipeline : IAsyncDisposable
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    public TestPipeline(TempFolder folder, int lineLimit, params Output[] outputs)
        : this(folder, lineLimit, fromEnd: false, outputs)
    {
    }

    public TestPipeline(TempFolder folder, int lineLimit, bool fromEnd, params Output[] outputs)
        : this(folder, lineLimit, fromEnd, () => new RawEncoder(), outputs)
    {
    }

    public TestPipeline(TempFolder folder, int lineLimit, bool fromEnd, Func<BatchEncoder> encoder, params Output[] outputs)
        : this(folder, lineLimit, new TestSetting { FromEnd = fromEnd, Encoder = encoder }, outputs)
    {
    }

    public TestPipeline(TempFolder folder, int lineLimit, TestSetting setting, params Output[] outputs)
    {
        var time = TimeProvider.System;
        var metrics = new CollectorMetrics(Metrics.WithCustomRegistry(_registry));
        var cursors = CursorStore.Open(folder["state"], time, NullLogger.Instance, journal: setting.Journal);
        var options = new DiscoveryOptions([new DiscoverySource([folder["*.log"]], [], setting.FromEnd)])
        {
            Known = cursors.Known,
            RotatedGrace = TimeSpan.FromMilliseconds(300),
        };
        var discovery = new FileDiscovery(options, time, NullLogger<FileDiscovery>.Instance);
        var log = new PipelineLog(NullLogger.Instance);
        Lane[] lanes =
        [
            .. outputs.Select(output => new Lane(
                output,
                setting.Encoder(),
                new LineReader(lineLimit),
                new LaneFiles(discovery, cursors),
                new LaneSettings(metrics.Of(output.Name), log, time)
                {
                    LastRetry = TimeSpan.FromMilliseconds(100),
                    Limits = setting.Limits,
                    DeadLetters = setting.DeadLetters,
                })),
        ];
        Pipeline = new LogPipeline(discovery, cursors, lanes, time)
        {
            Volume = new VolumeKeeper(
                discovery,
                cursors,
                lanes,
                new VolumeKeeperSettings(setting.Reclaim, setting.Volume, metrics.Volume, new ReclaimLog(NullLogger.Instance), time)),
        };
        Pipeline.Start();
    }

    public LogPipeline Pipeline { get; }

    public async Task<MetricsText> MetricsAsync()
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(System.Text.Encoding.UTF8.GetString(page.ToArray()));
    }

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}

/// <summary>What a test sets apart from its outputs.</summary>
internal sealed record TestSetting
{
    public bool FromEnd { get; init; }

    /// <summary>How lines are encoded; as they are.</summary>
    public Func<BatchEncoder> Encoder { get; init; } = () => new RawEncoder();

    public BatchLimits Limits { get; init; } = BatchLimits.None;

    public DeadLetters? DeadLetters { get; init; }

    public ReclaimMode Reclaim { get; init; }

    public VolumeOptions Volume { get; init; } = new();

    public CursorJournal? Journal { get; init; }
}
