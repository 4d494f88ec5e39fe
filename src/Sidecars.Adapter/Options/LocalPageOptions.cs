using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>What an input says of a page that is in the container itself: a status file, or what a command prints.</summary>
internal sealed partial class InputOptions
{
    [Description("A status file to read whole at every scrape: an absolute path.")]
    public string? File { get; set; }

    [Description("How long ago the file may have been written at most; an older one is stale, and so down. Default: any age.")]
    [AllowedRange("1s", "30d")]
    public TimeSpan? MaxAge { get; set; }

    [Description("A command to run at an interval, whose output is the page: the program's absolute path and its arguments, without a shell. Needs allow_exec: true.")]
    public List<string>? Exec { get; set; }

    [Description("All that a command finds in its environment, beside PATH. Default: nothing.")]
    public Dictionary<string, string> Environment { get; set; } = [];

    [Description("The page is INI: the name of the section of which metrics are made, '' for what stands before any section; with * and ? every section of such a name. Fields are keys; @section is the section's name, and $.section.key a key of any section.")]
    public string? Ini { get; set; }
}
