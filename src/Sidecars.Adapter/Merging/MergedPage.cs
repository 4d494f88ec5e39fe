using System.Text;
using System.Text.RegularExpressions;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Merging;

/// <summary>One page of another process: where it is, and what is wanted of it under which names and labels.</summary>
internal sealed class MergedPage(string name, MergeOptions options)
{
    private readonly Regex? _keep = Pattern(options.Keep);
    private readonly Regex? _drop = Pattern(options.Drop);

    public string Name { get; } = name;

    public TimeSpan Timeout => options.Timeout;

    /// <summary>Where it is; null where it is files.</summary>
    public PageAddress? Address { get; } = options.Url is { } url ? new PageAddress(PageProtocol.Http, new Uri(url)) : null;

    /// <summary>The files, as a path or pattern; null where it is one page.</summary>
    public string? Files => options.Files;

    public TimeSpan? MaxAge => options.MaxAge;

    /// <summary>The metrics that are wanted, as they are to be called.</summary>
    public IReadOnlyList<PageFamily> Read(ReadOnlySpan<byte> text, MergeDrops dropped)
    {
        var page = MetricsPageText.Parse(Encoding.UTF8.GetString(text));
        dropped.Malformed += page.Malformed;
        dropped.Duplicate += page.Duplicates;
        dropped.Timed |= page.Families.Any(family => family.Samples.Any(sample => sample.Milliseconds is not null));
        return [.. page.Families.Where(family => family.Samples.Count > 0 && IsWanted(family.Name)).Select(family => Rename(family, dropped))];
    }

    private PageFamily Rename(PageFamily family, MergeDrops dropped)
    {
        if (options.Labels.Count == 0 && options.Prefix.Length == 0)
        {
            return family;
        }

        var renamed = new PageFamily(options.Prefix + family.Name) { Kind = family.Kind, Help = family.Help };
        foreach (var sample in family.Samples)
        {
            var more = options.Labels.Where(label => sample.Labels.All(own => own.Name != label.Key)).Select(label => (label.Key, label.Value));
            var labels = sample.Labels.Concat(more).OrderBy(label => label.Item1, StringComparer.Ordinal).ToList();
            dropped.Duplicate += renamed.TryAdd(new SampleText(options.Prefix + sample.Name, labels, sample.Value, sample.Milliseconds)) ? 0 : 1;
        }

        return renamed;
    }

    private bool IsWanted(string family) => _keep?.IsMatch(family) != false && _drop?.IsMatch(family) != true;

    private static Regex? Pattern(List<string> patterns) => patterns.Count == 0 ? null
        : new Regex($"^(?:{string.Join('|', patterns.Select(pattern => Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)))})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}

/// <summary>What of a page was not merged, by reason.</summary>
internal sealed class MergeDrops
{
    /// <summary>Lines that are none of the format.</summary>
    public int Malformed { get; set; }

    /// <summary>Whether some of its samples say when they were taken.</summary>
    public bool Timed { get; set; }

    /// <summary>Series that were there already.</summary>
    public int Duplicate { get; set; }

    /// <summary>Series whose metric's name is taken, or is of another type on an earlier page.</summary>
    public int Conflict { get; set; }

    /// <summary>Series beyond the limit.</summary>
    public int Limit { get; set; }
}
