using System.Globalization;
using System.Text;

namespace Sidecars.Testing;

/// <summary>One sample line of a metrics page.</summary>
public sealed record MetricsSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>
/// A metrics page in Prometheus' text format 0.0.4, parsed strictly: a malformed line, a series that occurs twice and a
/// family whose lines are torn apart are all a <see cref="FormatException"/>, so every test that reads a page checks it.
/// </summary>
public sealed class MetricsText
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    private readonly List<MetricsSample> _samples = [];
    private readonly Dictionary<string, string> _types = [];
    private readonly HashSet<string> _series = [];
    private readonly HashSet<string> _closedFamilies = [];
    private string _family = "";

    private MetricsText()
    {
    }

    /// <summary>All samples in the page's order.</summary>
    public IReadOnlyList<MetricsSample> Samples => _samples;

    /// <summary>Family name to type, as the <c># TYPE</c> lines say.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>Parses a page.</summary>
    public static MetricsText Parse(string page)
    {
        var parsed = new MetricsText();
        if (page.Length > 0 && !page.EndsWith('\n'))
        {
            throw new FormatException("the page's last line has no line feed");
        }

        foreach (var line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                parsed.AddComment(line);
            }
            else
            {
                parsed.AddSample(line);
            }
        }

        return parsed;
    }

    /// <summary>Gets a page over HTTP and parses it.</summary>
    public static async Task<MetricsText> FetchAsync(Uri address)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(100) };
        return Parse(await client.GetStringAsync(address));
    }

    /// <summary>The value of the one series with this name and exactly these labels; null when there is none.</summary>
    public double? Find(string name, params (string Name, string Value)[] labels) => _samples.FirstOrDefault(sample =>
        sample.Name == name && sample.Labels.Count == labels.Length && Matches(sample, labels))?.Value;

    /// <summary>As <see cref="Find"/>, but a missing series is an error that shows what is there.</summary>
    public double Value(string name, params (string Name, string Value)[] labels) => Find(name, labels)
        ?? throw new InvalidOperationException(
            $"no series {name} with {string.Join(", ", labels)}; the page has: {string.Join("; ", _samples.Where(sample => sample.Name == name).Select(Show))}");

    /// <summary>The sum over all series with this name that carry at least these labels.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) =>
        _samples.Where(sample => sample.Name == name && Matches(sample, labels)).Sum(sample => sample.Value);

    private static bool Matches(MetricsSample sample, (string Name, string Value)[] labels) =>
        labels.All(label => sample.Labels.TryGetValue(label.Name, out var value) && value == label.Value);

    private static string Show(MetricsSample sample) =>
        $"{{{string.Join(",", sample.Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}} {sample.Value.ToString(CultureInfo.InvariantCulture)}";

    private void AddComment(string line)
    {
        var parts = line.Split(' ', 4);
        if (parts.Length < 3 || parts[0] != "#" || parts[1] is not ("HELP" or "TYPE"))
        {
            return;
        }

        Enter(parts[2]);
        if (parts[1] == "TYPE" && !_types.TryAdd(parts[2], parts.Length == 4 ? parts[3] : ""))
        {
            throw new FormatException($"a second TYPE line for {parts[2]}");
        }
    }

    private void Enter(string family)
    {
        if (family == _family)
        {
            return;
        }

        if (_family.Length > 0)
        {
            _closedFamilies.Add(_family);
        }

        if (_closedFamilies.Contains(family))
        {
            throw new FormatException($"the lines of family {family} are torn apart");
        }

        _family = family;
    }

    private void AddSample(string line)
    {
        var reader = new SampleReader(line);
        var sample = reader.Read();
        Enter(FamilyOf(sample.Name));
        var identity = sample.Name + "\n" + string.Join("\n", sample.Labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}\n{label.Value}"));
        if (!_series.Add(identity))
        {
            throw new FormatException($"the series occurs twice: {line}");
        }

        _samples.Add(sample);
    }

    private string FamilyOf(string name)
    {
        foreach (var suffix in Suffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal)
                && _types.TryGetValue(name[..^suffix.Length], out var type) && type is "histogram" or "summary")
            {
                return name[..^suffix.Length];
            }
        }

        return name;
    }

    private sealed class SampleReader(string line)
    {
        private int _at;

        public MetricsSample Read()
        {
            var name = ReadName();
            var labels = new Dictionary<string, string>();
            if (_at < line.Length && line[_at] == '{')
            {
                _at++;
                while (Peek() != '}')
                {
                    ReadLabel(labels);
                }

                _at++;
            }

            Expect(' ');
            var value = line[_at..].Split(' ')[0];
            return new MetricsSample(name, labels, ParseValue(value));
        }

        private void ReadLabel(Dictionary<string, string> labels)
        {
            var name = ReadName();
            Expect('=');
            Expect('"');
            var value = new StringBuilder();
            while (Peek() != '"')
            {
                var character = line[_at++];
                value.Append(character != '\\' ? character : line[_at++] switch
                {
                    'n' => '\n',
                    '"' => '"',
                    '\\' => '\\',
                    var other => throw Malformed($"unknown escape \\{other}"),
                });
            }

            _at++;
            if (!labels.TryAdd(name, value.ToString()))
            {
                throw Malformed($"label {name} occurs twice");
            }

            if (Peek() == ',')
            {
                _at++;
            }
        }

        private string ReadName()
        {
            var start = _at;
            while (_at < line.Length && (char.IsAsciiLetterOrDigit(line[_at]) || line[_at] is '_' or ':'))
            {
                _at++;
            }

            return _at > start && !char.IsAsciiDigit(line[start]) ? line[start.._at] : throw Malformed("a name was expected");
        }

        private double ParseValue(string value) => value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed("not a number"),
        };

        private char Peek() => _at < line.Length ? line[_at] : throw Malformed("the line ends early");

        private void Expect(char wanted)
        {
            if (Peek() != wanted)
            {
                throw Malformed($"'{wanted}' was expected");
            }

            _at++;
        }

        private FormatException Malformed(string what) => new($"{what} at column {_at + 1}: {line}");
    }
}
