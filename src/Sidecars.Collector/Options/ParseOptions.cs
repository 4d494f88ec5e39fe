using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Options;

/// <summary>How the lines of an input are taken apart.</summary>
[ShortForm("format")]
internal sealed class ParseOptions
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

    /// <summary>What the parser is told besides its word.</summary>
    public ParserSettings ToSettings() => new()
    {
        Pattern = Pattern,
        Columns = Columns,
        Delimiter = Delimiter.Length == 1 ? Delimiter[0] : ',',
        Flatten = Flatten,
    };
}
