using Sidecars.Adapter.Exposition;

namespace Sidecars.Adapter.Merging;

/// <summary>
/// Reads a page in text format 0.0.4, line by line. A line that is none is counted and the next one read; what is said twice of a
/// metric, or of a series, counts the first time.
/// </summary>
internal sealed class MetricsPageText
{
    private readonly Dictionary<string, PageFamily> _families = new(StringComparer.Ordinal);
    private readonly List<PageFamily> _order = [];
    private PageFamily? _last;

    private MetricsPageText()
    {
    }

    public IReadOnlyList<PageFamily> Families => _order;

    public int Malformed { get; private set; }

    public int Duplicates { get; private set; }

    public int Samples { get; private set; }

    public static MetricsPageText Parse(string text)
    {
        var page = new MetricsPageText();
        foreach (var line in text.Split('\n'))
        {
            page.Read(line.TrimEnd('\r'));
        }

        return page;
    }

    private void Read(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            ReadComment(line);
            return;
        }

        if (line.AsSpan().ContainsAnyInRange('\0', '\u0008') || !SampleText.TryParse(line, out var sample, out _))
        {
            Malformed++;
            return;
        }

        var family = FamilyOf(sample.Name);
        if (!family.Has(sample.Name))
        {
            Malformed++;
        }
        else if (family.TryAdd(sample))
        {
            Samples++;
        }
        else
        {
            Duplicates++;
        }
    }

    private void ReadComment(string line)
    {
        var parts = line.Split(' ', 4);
        if (parts.Length < 3 || parts[1] is not ("HELP" or "TYPE") || !IsName(parts[2]))
        {
            return;
        }

        var family = Add(parts[2]);
        if (parts[1] == "HELP")
        {
            family.Help = parts.Length == 4 && family.Help.Length == 0 ? Help(parts[3]) : family.Help;
            return;
        }

        if (family.Samples.Count == 0 && parts.Length == 4)
        {
            family.Kind = KindOf(parts[3].Trim());
        }
    }

    private static MetricKind KindOf(string type) => type switch
    {
        "counter" => MetricKind.Counter,
        "gauge" => MetricKind.Gauge,
        "histogram" => MetricKind.Histogram,
        "summary" => MetricKind.Summary,
        _ => MetricKind.Untyped,
    };

    private PageFamily FamilyOf(string sample)
    {
        if (_last is not null && _last.Name != sample && _last.Has(sample))
        {
            return _last;
        }

        foreach (var part in (string[])["_bucket", "_sum", "_count"])
        {
            if (sample.EndsWith(part, StringComparison.Ordinal) && _families.TryGetValue(sample[..^part.Length], out var whole) && whole.Has(sample))
            {
                return whole;
            }
        }

        return Add(sample);
    }

    private PageFamily Add(string name)
    {
        if (!_families.TryGetValue(name, out var family))
        {
            family = new PageFamily(name);
            _families.Add(name, family);
            _order.Add(family);
        }

        _last = family;
        return family;
    }

    private static string Help(string text) => text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);

    private static bool IsName(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or ':');
}
