using System.Runtime.CompilerServices;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Shaping;

/// <summary>
/// Takes each record apart and takes the steps of its input. Whatever goes wrong in a step, the record goes on: only a decision to
/// drop ends its way.
/// </summary>
internal sealed class InputShaper(IReadOnlyList<InputPlan> plans, IShapingCounts counts) : RecordShaper
{
    private readonly ConditionalWeakTable<FileFollower, FilePlan> _files = [];
    private FileFollower? _file;
    private FilePlan? _plan;

    /// <inheritdoc/>
    public override RecordGrouping? GroupingOf(FileFollower file) => PlanOf(file).Grouping;

    /// <inheritdoc/>
    public override bool TruncatesLongLines(FileFollower file) => PlanOf(file).TruncatesLongLines;

    /// <inheritdoc/>
    public override string? Shape(LogRecord record, bool isRepeat)
    {
        var plan = PlanOf(record.File);
        record.InvalidUtf8 = plan.InvalidUtf8;
        if (plan.Parser is { } parser)
        {
            Parse(record, parser, plan, isRepeat);
        }

        foreach (var step in plan.Steps)
        {
            if (Apply(step, record, isRepeat) == StepOutcome.Dropped)
            {
                return step.Name;
            }
        }

        return null;
    }

    private void Parse(LogRecord record, LineParser parser, FilePlan plan, bool isRepeat)
    {
        if (!RecordParser.TryParse(record, parser) && !isRepeat)
        {
            counts.Unparsed(record.Unparsed!);
        }

        if (!plan.IsRecognised && parser.Recognised is { } format)
        {
            plan.IsRecognised = true;
            counts.Recognised(record.File, format);
        }
    }

    private StepOutcome Apply(Step step, LogRecord record, bool isRepeat)
    {
        StepOutcome outcome;
        try
        {
            outcome = step.Apply(record, isRepeat);
        }
#pragma warning disable CA1031 // a mistake of ours must not hold the line up for ever
        catch (Exception)
#pragma warning restore CA1031
        {
            outcome = StepOutcome.Failed;
        }

        if (outcome == StepOutcome.Failed && !isRepeat)
        {
            counts.StepFailed(step.Name);
        }

        return outcome;
    }

    private FilePlan PlanOf(FileFollower file)
    {
        if (!ReferenceEquals(file, _file))
        {
            _file = file;
            _plan = _files.GetValue(file, file => new FilePlan(plans[InputPlan.IndexFor(plans, file.Path)]));
        }

        return _plan!;
    }

    private sealed class FilePlan(InputPlan input)
    {
        public LineParser? Parser { get; } = input.Parser?.ForFile();

        /// <summary>Whether it was told what was recognised.</summary>
        public bool IsRecognised { get; set; }

        public InvalidUtf8 InvalidUtf8 { get; } = input.InvalidUtf8;

        public bool TruncatesLongLines { get; } = input.TruncatesLongLines;

        public Step[] Steps { get; } = input.Steps;

        public RecordGrouping? Grouping { get; } = input.Grouping;
    }
}
