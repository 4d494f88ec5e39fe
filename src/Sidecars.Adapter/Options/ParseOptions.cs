using System.ComponentModel;

namespace Sidecars.Adapter.Options;

/// <summary>What an input says of a log whose lines have a format of their own, instead of a sample of them.</summary>
internal sealed partial class InputOptions
{
    [Description("What the lines of a log are, instead of format: json, logfmt, cri, docker, syslog, csv, combined, common, log4j and the like, Apache's LogFormat, or 'regex: ' and a pattern with named groups. Fields are what the lines name; of JSON, members within members as a.b.")]
    public string? Parse { get; set; }

    [Description("The names of the columns of parse: csv, in order; an empty name leaves a column out.")]
    public List<string> Columns { get; set; } = [];

    [Description("The character between the columns of parse: csv. Default: ','.")]
    public string Delimiter { get; set; } = ",";

    [Description("Allows a regex that needs backtracking (look-around, back-references); a line that takes it longer than 50 ms counts as unparsed. Default: false.")]
    public bool Unsafe { get; set; }
}
