using System.Runtime.CompilerServices;
using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Reclaim;
using Sidecars.Collector.Shaping;
using Sidecars.Collector.Tapping;
using Sidecars.Common.Tailing;
using Sidecars.Common.Tapping;

namespace Sidecars.Collector.Pipeline;

/// <summary>Builds a pipeline from checked options: the one place where options become plain values.</summary>
internal sealed class PipelineFactory(CollectorMetrics metrics, TapPoint<TappedBatch> tap, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ConditionalWeakTable<FileFollower, string> _recognised = [];
    private readonly OutputFactory _outputs = new(metrics, time, loggers);

    /// <summary>
    /// Builds and starts nothing; <paramref name="looked"/> is called after every look at the files. <paramref name="previous"/> has
    /// the cursors of the pipeline that this one replaces.
    /// </summary>
    public LogPipeline Create(CollectorOptions options, Action looked, CursorStore? previous = null)
    {
        var cursors = CursorStore.Open(options.State.Directory, time, loggers.CreateLogger<CursorStore>(), previous, keepsFormer: options.Inputs.Exists(input => input.Compressed));
        var discovery = new FileDiscovery(
            new DiscoveryOptions([.. options.Inputs.Select(Source)])
            {
                Known = cursors.Known,
                EncodingOf = Shapings.Encodings(options),
                Interval = options.Follow.Interval,
                RotatedGrace = options.Follow.RotatedGrace,
                Looked = looked,
            },
            time,
            loggers.CreateLogger<FileDiscovery>());
        var letters = options.DeadLetters is { } dead ? new DeadLetters(dead, time) : null;
        var lanes = new List<Lane>();
        try
        {
            lanes.AddRange(options.AllOutputs().Select(output => Lane(output, options, new LaneFiles(discovery, cursors), letters)));
            return new LogPipeline(discovery, cursors, lanes, time)
            {
                DeadLetters = letters,
                Volume = new VolumeKeeper(discovery, cursors, lanes, Volume(options)),
            };
        }
        catch
        {
            // the state file is locked: whatever is started instead needs it
            lanes.ForEach(lane => lane.Dispose());
            letters?.Dispose();
            discovery.Dispose();
            cursors.Dispose();
            throw;
        }
    }

    /// <summary>What writes undelivered lines to standard output at the end; null when it is not asked for.</summary>
    public Spill? CreateSpill(CollectorOptions options) => options.Spill == SpillMode.Stdout
        ? new Spill(_outputs.Create(new OutputOptions { Name = "spill", Stdout = new() }).Output, (int)options.Follow.LineLimit.Bytes)
        : null;

    private VolumeKeeperSettings Volume(CollectorOptions options) =>
        new(options.Reclaim, options.Volume, metrics.Volume, new ReclaimLog(loggers.CreateLogger<VolumeKeeper>()), time);

    private static DiscoverySource Source(InputOptions input) => new(input.Paths, input.Exclude, input.ReadFrom == ReadFrom.End) { Compressed = input.Compressed };

    private Lane Lane(OutputOptions output, CollectorOptions options, LaneFiles files, DeadLetters? letters)
    {
        var batch = output.Batch;
        var settings = new LaneSettings(metrics.Of(output.EffectiveName()), new PipelineLog(loggers.CreateLogger<Lane>()), time)
        {
            FirstRetry = output.Retry.First,
            LastRetry = output.Retry.Most,
            Limits = new BatchLimits((int?)batch.Bytes?.Bytes ?? int.MaxValue, batch.Lines ?? int.MaxValue, batch.Age, time),
            DeadLetters = letters,
        };
        var reader = new LineReader((int)options.Follow.LineLimit.Bytes, (int)DeliveryValidation.ReadBuffer(options, output));
        var parts = _outputs.Create(output);
        BatchEncoder encoder = Shapings.Format(options, parts.Format) is { } format
            ? new RecordEncoder(format, Shapings.Shaper(options, new ShapingReport(output.EffectiveName(), settings.Metrics, settings.Log, _recognised), time), time) { PayloadLimit = DeliveryValidation.PayloadLimit(options, output) }
            : new RawEncoder();
        return new Lane(parts.Output, new TappedEncoder(encoder, tap, parts.Output.Name, options), reader, files, settings);
    }
}
