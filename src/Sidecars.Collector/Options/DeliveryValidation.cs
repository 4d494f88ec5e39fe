using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Finds what does not fit together in batches, retries and memory.</summary>
internal static class DeliveryValidation
{
    /// <summary>An output holds the bytes it read, and up to twice as many as it writes them.</summary>
    public const int PartsOfBuffer = 3;

    public static void Check(CollectorOptions options, ProblemList problems)
    {
        var outputs = options.AllOutputs().ToArray();
        for (var i = 0; i < options.Outputs.Count; i++)
        {
            var retry = options.Outputs[i].Retry;
            if (retry.First > retry.Most)
            {
                problems.Add($"outputs[{i}].retry.first", "the first wait is longer than the longest (retry.most); make one of them fit");
            }
        }

        if (options.Volume.GiveUp == GiveUpMode.Oldest && (options.Volume.HighWater is null || options.Reclaim == ReclaimMode.Never))
        {
            problems.Add("volume.give_up", "giving up makes room only with volume.high_water and 'reclaim: after-delivery'; set both");
        }

        if (options.Spill == SpillMode.Stdout && outputs.Any(output => output.Stdout is not null))
        {
            problems.Add("spill", "an output of kind stdout has these lines already, they would be there twice; remove one of the two");
        }

        var buffer = outputs.Select(output => ReadBuffer(options, output)).DefaultIfEmpty(0).Max();
        var needed = PartsOfBuffer * buffer * outputs.Length;
        if (needed > options.Memory.Limit.Bytes)
        {
            problems.Add("memory.limit", $"{outputs.Length} outputs with batches of up to {new ByteSize(buffer)} (follow.line_limit, batch.bytes) need at least {new ByteSize(needed)}; raise it, or lower those");
        }
    }

    /// <summary>The bytes that an output reads at once at most; where the configuration does not say it, what is fast and fits into memory.</summary>
    public static long ReadBuffer(CollectorOptions options, OutputOptions output) =>
        Math.Max(options.Follow.LineLimit.Bytes, output.Batch.Bytes?.Bytes ?? Math.Min(Comfortable(output), Share(options) / PartsOfBuffer));

    /// <summary>The bytes that an output may encode at once, one record aside.</summary>
    public static long PayloadLimit(CollectorOptions options, OutputOptions output) =>
        Share(options) - ReadBuffer(options, output);

    private static long Comfortable(OutputOptions output) => (output.IsRaw() ? ByteSize.MiB(1) : ByteSize.KiB(512)).Bytes;

    private static long Share(CollectorOptions options) => options.Memory.Limit.Bytes / Math.Max(1, options.AllOutputs().Count());
}
