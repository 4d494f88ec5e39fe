using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Options;

/// <summary>A format and what it needs to be told.</summary>
[ShortForm("format")]
internal abstract class ParserOptions
{
    [Required]
    [Description("The format of the lines: a word such as json, logfmt, combined or main, or nginx's log_format string itself. In short: parse: json.")]
    public string Format { get; set; } = "";

    [Description("The format of log_format, or the pattern of regex, where format is that word. Default: none.")]
    public string? Pattern { get; set; }

    [Description("The names of the columns of csv, in order; an empty one is left out. Default: none.")]
    public List<string> Columns { get; set; } = [];

    [Description("What stands between the columns of csv: one character. Default: a comma.")]
    public string Delimiter { get; set; } = ",";

    [Description("Whether the members of objects within JSON become fields of their own, such as http.status. Default: false.")]
    public bool Flatten { get; set; }

    [Description("Whether regex may be a pattern that only runs with backtracking (look-around, back-references), so that one line can take it 50 ms. Default: false.")]
    public bool Unsafe { get; set; }

    /// <summary>
    /// Makes the parser; what is wrong is told, and there is none. <paramref name="demoted"/> is called once, with the reason, when a
    /// regex is demoted for good to the engine that cannot run away.
    /// </summary>
    public LineParser? Create(string key, ProblemList problems, Action<string>? demoted)
    {
        if (Delimiter.Length != 1)
        {
            problems.Add(key + ".delimiter", "a delimiter is one character");
        }

        if (!LineParsers.TryCreate(Format, ToSettings(demoted), out var parser, out var error))
        {
            problems.Add(key + ".format", error);
        }

        return parser;
    }

    private ParserSettings ToSettings(Action<string>? demoted) => new()
    {
        Unsafe = Unsafe,
        Demoted = demoted,
        Pattern = Pattern,
        Columns = Columns,
        Delimiter = Delimiter.Length == 1 ? Delimiter[0] : ',',
        Flatten = Flatten,
    };
}
