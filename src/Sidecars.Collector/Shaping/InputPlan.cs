using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Shaping;

/// <summary>What happens to the lines of one input, for one output: parsers and steps keep state.</summary>
internal sealed class InputPlan
{
    private readonly PathPattern[] _paths;
    private readonly PathPattern[] _exclude;

    private InputPlan(InputOptions options, RecordGrouping? grouping, LineParser? parser, IReadOnlyList<Step> steps)
    {
        _paths = [.. options.Paths.Select(path => new PathPattern(path))];
        _exclude = [.. options.Exclude.Select(path => new PathPattern(path))];
        InvalidUtf8 = options.InvalidUtf8;
        TruncatesLongLines = options.TooLong == TooLong.Truncate;
        Encoding = EncodingOf(options);
        Grouping = grouping;
        Parser = parser;
        Steps = [.. steps];
    }

    /// <summary>Says which lines belong together; null when each is a record.</summary>
    public RecordGrouping? Grouping { get; }

    /// <summary>What becomes, in JSON, of a text whose bytes are not UTF-8.</summary>
    public InvalidUtf8 InvalidUtf8 { get; }

    /// <summary>How the files' characters are written.</summary>
    public TextEncoding Encoding { get; }

    /// <summary>Whether only the beginning of a line over the limit is delivered.</summary>
    public bool TruncatesLongLines { get; }

    /// <summary>Takes lines apart; null when they go on as they are.</summary>
    public LineParser? Parser { get; }

    /// <summary>What is done, in order.</summary>
    public Step[] Steps { get; }

    /// <summary>Makes a plan; what is wrong is told, and left out. <paramref name="counts"/> hears what parsers do.</summary>
    public static InputPlan Create(InputOptions options, string key, TimeProvider time, ProblemList problems, IShapingCounts? counts = null)
    {
        var parser = options.Parse is { } parse ? CreateParser(parse, key + ".parse", problems, counts) : null;
        var grouping = Group(options, key, problems);
        if (options.Encoding is FileEncoding.Utf16LittleEndian or FileEncoding.Utf16BigEndian && PieceFormat.Of(options.Parse?.Format ?? "") is not null)
        {
            problems.Add(key + ".encoding", "container runtimes write UTF-8; remove it, or parse something else");
        }

        return new InputPlan(options, grouping, parser, new StepFactory(time, problems).Create(options.Steps, key + ".steps"));
    }

    /// <summary>The plan for a path; of a file that was renamed while nobody looked, the one whose pattern its older name fits.</summary>
    public static int IndexFor(IReadOnlyList<InputPlan> plans, string path)
    {
        for (var name = path; name.Length > 0; name = Shorter(name))
        {
            for (var i = 0; i < plans.Count; i++)
            {
                if (plans[i].Matches(name))
                {
                    return i;
                }
            }
        }

        return 0;
    }

    /// <summary>Whether the input leads to this path.</summary>
    public bool Matches(string path) =>
        Array.Exists(_paths, pattern => pattern.Matches(path)) && !Array.Exists(_exclude, pattern => pattern.Matches(path));

    /// <summary>Container runtimes write UTF-8: what they wrote has the same places in the text and in the file.</summary>
    private static TextEncoding EncodingOf(InputOptions options) => options.Encoding switch
    {
        FileEncoding.Auto => PieceFormat.Of(options.Parse?.Format ?? "") is null ? TextEncoding.Auto : TextEncoding.Utf8,
        FileEncoding.Utf16LittleEndian => TextEncoding.Utf16LittleEndian,
        FileEncoding.Utf16BigEndian => TextEncoding.Utf16BigEndian,
        _ => TextEncoding.Utf8,
    };

    private static LineParser? CreateParser(ParseOptions options, string key, ProblemList problems, IShapingCounts? counts)
    {
        var outer = options.Create(key, problems, reason => counts?.Demoted(key, reason));
        var inner = options.Then?.Create(key + ".then", problems, reason => counts?.Demoted(key + ".then", reason));
        return outer is null || inner is null ? outer : new ChainedParser(outer, inner, FieldName.Of(options.Then!.Field));
    }

    /// <summary>What belongs together; Docker's lines are JSON, in which patterns for lines find nothing to hold on to once they are joined.</summary>
    private static RecordGrouping? Group(InputOptions options, string key, ProblemList problems)
    {
        var pieces = Pieces(options.Parse);
        if (options.Multiline is not { } multiline)
        {
            return pieces;
        }

        var lines = GroupingFactory.Create(multiline, key + ".multiline", problems);
        return lines is not null && pieces is not null && PieceFormat.Of("cri") == PieceFormat.Of(options.Parse!.Format)
            ? new JoinedGrouping(PieceFormat.Of("cri")!, pieces, lines)
            : lines;
    }

    /// <summary>Joins the pieces of long lines, where the format tells them.</summary>
    private static PieceGrouping? Pieces(ParseOptions? parse) =>
        PieceFormat.Of(parse?.Format ?? "") is { } format ? new PieceGrouping(format, (int)parse!.JoinLimit.Bytes) : null;

    /// <summary>access.log-20261124.1, access.log-20261124, access.log, access.</summary>
    private static string Shorter(string path) => path[..Math.Max(0, path.AsSpan().LastIndexOfAny('.', '-', '_'))];
}
