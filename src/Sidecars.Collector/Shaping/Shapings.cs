using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Shaping;

/// <summary>Makes of checked options what lies between the files and an output.</summary>
internal static class Shapings
{
    /// <summary>How records are written for an output; null when it has no format of its own and takes lines as they stand in the file, as nothing is done with them.</summary>
    public static RecordFormat? Format(CollectorOptions options, RecordFormat? own) =>
        own ?? (options.Inputs.TrueForAll(input => input.Steps.Count == 0 && input.TooLong == TooLong.Split) ? null : new RawRecordFormat());

    /// <summary>What is done with records.</summary>
    public static InputShaper Shaper(CollectorOptions options, IShapingCounts counts, TimeProvider time) =>
        new(Plans(options, time, counts), counts);

    /// <summary>How the characters of a file are written, by its path.</summary>
    public static Func<string, TextEncoding> Encodings(CollectorOptions options)
    {
        var plans = Plans(options, TimeProvider.System);
        return path => plans[InputPlan.IndexFor(plans, path)].Encoding;
    }

    /// <summary>What is done with the lines of each input.</summary>
    public static IReadOnlyList<InputPlan> Plans(CollectorOptions options, TimeProvider time, IShapingCounts? counts = null)
    {
        var problems = new ProblemList();
        return [.. options.Inputs.Select((input, i) => InputPlan.Create(input, $"inputs[{i}]", time, problems, counts))];
    }
}
