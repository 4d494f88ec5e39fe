using System.Text.RegularExpressions;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>What a mapping makes of a name: nothing where it is dropped.</summary>
internal sealed record MappedName(string Name, IReadOnlyList<(string Name, string Value)> Labels, Mapping Mapping);

/// <summary>
/// Finds the mapping for a name, as statsd_exporter does: globs before regexes, in the order they are written unless the defaults
/// say that literal parts go before wildcards. Runs once for each new name, not for each sample.
/// </summary>
internal sealed class NameMapper
{
    private readonly List<Mapping> _globs;
    private readonly List<Mapping> _regexes;
    private readonly Mapping _unmapped;

    public NameMapper(PushOptions options)
    {
        var all = options.Mappings.Select(mapping => new Mapping(mapping, options)).ToList();
        _globs = [.. all.Where(mapping => mapping.Regex is null)];
        _regexes = [.. all.Where(mapping => mapping.Regex is not null)];
        _unmapped = new Mapping(new MappingOptions { Match = "*", Name = "" }, options);
        if (options.Defaults.GlobDisableOrdering)
        {
            // a literal sorts before a wildcard, part by part
            _globs = [.. _globs.OrderBy(mapping => string.Join('.', mapping.Parts.Select(part => part == "*" ? "1" : "0")), StringComparer.Ordinal)];
        }
    }

    /// <summary>The metric of a name; null where its samples are dropped.</summary>
    public MappedName? Map(string name, SampleType type)
    {
        var parts = name.Split('.');
        var captures = new List<string>();
        foreach (var glob in _globs)
        {
            if (glob.Takes(type) && glob.MatchesGlob(parts, captures))
            {
                return glob.Apply(captures);
            }
        }

        foreach (var regex in _regexes)
        {
            if (regex.Takes(type) && regex.Regex!.Match(name) is { Success: true } match)
            {
                return regex.Apply([.. match.Groups.Values.Skip(1).Select(group => group.Value)]);
            }
        }

        return _unmapped.As(name);
    }
}

/// <summary>One mapping, with the defaults filled in.</summary>
internal sealed class Mapping
{
    private static readonly double[] DefaultQuantiles = [.5, .9, .99];
    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly MappingOptions _options;
    private readonly Template _name;
    private readonly List<(string Name, Template Value)> _labels;
    private readonly List<(string Name, string Value)> _fixed;

    public Mapping(MappingOptions options, PushOptions source)
    {
        var defaults = source.Defaults;
        _options = options;
        _name = new Template(options.Name ?? "");
        _labels = [.. options.Labels.Select(label => (label.Key, new Template(label.Value)))];
        _fixed = [.. source.Labels.Where(label => !options.Labels.ContainsKey(label.Key)).Select(label => (label.Key, label.Value))];
        Parts = options.Match.Split('.');
        Regex = (options.MatchType ?? defaults.MatchType) == MatchKind.Regex ? new Regex(options.Match, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        IsHistogram = (options.Observer ?? defaults.Observer) == ObserverType.Histogram;
        Bounds = FirstOf(options.Bounds, defaults.Bounds, DefaultBuckets);
        Quantiles = [.. FirstOf(Wanted(options), Wanted(defaults), DefaultQuantiles).Distinct().Order()];
        MaxAge = AgeOf(options) ?? AgeOf(defaults) ?? TimeSpan.FromMinutes(10);
        Ttl = (options.Ttl is { Ticks: > 0 } ttl ? ttl : defaults.Ttl) ?? TimeSpan.Zero;
    }

    public IReadOnlyList<string> Parts { get; }

    public Regex? Regex { get; }

    public bool IsHistogram { get; }

    public IReadOnlyList<double> Bounds { get; }

    public IReadOnlyList<double> Quantiles { get; }

    public TimeSpan MaxAge { get; }

    /// <summary>How long a series without samples stays; zero for ever.</summary>
    public TimeSpan Ttl { get; }

    public double Scale => _options.Scale;

    public bool HonorsLabels => _options.HonorLabels;

    public string? Help => _options.Help;

    private static IReadOnlyList<double> FirstOf(params IReadOnlyList<double>[] lists) => lists.First(list => list.Count > 0);

    private static double[] Wanted(ObserverOptions options) => [.. options.Objectives.Select(objective => objective.Quantile)];

    private static TimeSpan? AgeOf(ObserverOptions options) => options.SummaryOptions?.MaxAge;

    public bool Takes(SampleType type) => _options.MatchMetricType is not { } wanted || (wanted == SampleType.Timer ? SampleType.Observer : wanted) == type;

    public bool MatchesGlob(string[] parts, List<string> captures)
    {
        captures.Clear();
        if (parts.Length != Parts.Count)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (Parts[i] == "*")
            {
                captures.Add(parts[i]);
            }
            else if (Parts[i] != parts[i])
            {
                return false;
            }
        }

        return true;
    }

    public MappedName? Apply(IReadOnlyList<string> captures) => _options.Action == MappingAction.Drop
        ? null
        : new MappedName(MetricText.Name(_name.Format(captures)), [.. _labels.Select(label => (label.Name, label.Value.Format(captures))), .. _fixed], this);

    /// <summary>A name as it is, with what the source says of all of its samples.</summary>
    public MappedName As(string name) => new(MetricText.Name(name), _fixed, this);
}
