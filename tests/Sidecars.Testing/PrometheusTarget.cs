using System.Text.Json;

namespace Sidecars.Testing;

/// <summary>
/// One target of a <see cref="PrometheusServer"/> that may have others: what is asked here is asked of its series alone, which carry a label
/// of their own. At dispose it is no target any more.
/// </summary>
public sealed class PrometheusTarget : IDisposable
{
    private const string Label = "scraped_as";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly HttpClient _client;
    private readonly string _file;
    private readonly string _name = Guid.NewGuid().ToString("N");

    internal PrometheusTarget(HttpClient client, TempFolder folder, string job, string[] targets, Dictionary<string, string> labels)
    {
        _client = client;
        labels[Label] = _name;

        // renamed, so that it is never read half written; built by hand, as there are texts in it only
        var json = $$"""[ { "targets": [ {{string.Join(", ", targets.Select(Quoted))}} ], "labels": { {{string.Join(", ", labels.Select(label => $"{Quoted(label.Key)}: {Quoted(label.Value)}"))}} } } ]""";
        _file = folder[Path.Combine(job, _name + ".json")];
        File.Move(folder.Write(_name, json), _file);
    }

    /// <summary>Waits until it was scraped and the last scrape was without an error.</summary>
    public Task WaitScrapedAsync() => Eventually.Value(LastErrorAsync, error => error == "", Deadline);

    /// <summary>Waits until a scrape fails; returns why.</summary>
    public async Task<string> WaitFailedAsync() => (await Eventually.Value(LastErrorAsync, error => error is { Length: > 0 }, Deadline))!;

    /// <summary>The last scrape's error: empty for none; null before the first scrape.</summary>
    public async Task<string?> LastErrorAsync()
    {
        foreach (var target in (await PrometheusQuery.GetAsync(_client, "targets?state=active")).GetProperty("activeTargets").EnumerateArray())
        {
            if (target.GetProperty("labels").TryGetProperty(Label, out var name) && name.GetString() == _name)
            {
                return target.GetProperty("health").GetString() == "unknown" ? null : target.GetProperty("lastError").GetString();
            }
        }

        return null;
    }

    /// <summary>The sum of the series of a metric now that have these labels; 0 for none.</summary>
    public Task<double> SumAsync(string metric, params (string Name, string Value)[] labels) => PrometheusQuery.SumAsync(_client, Selector(metric, labels));

    /// <summary>Waits until that sum has a value.</summary>
    public Task WaitSumAsync(double expected, string metric, params (string Name, string Value)[] labels) =>
        Eventually.Value(() => SumAsync(metric, labels), sum => sum == expected, Deadline, what: $"{expected} from {Selector(metric, labels)}");

    /// <summary>Waits for exemplars of a metric; returns the labels of each, name to value.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> WaitExemplarsAsync(string metric, params (string Name, string Value)[] labels)
    {
        // the whole of time: that is what the API wants instead of a default
        var path = $"query_exemplars?query={Uri.EscapeDataString(Selector(metric, labels))}&start=0&end=9999999999";
        var series = await Eventually.Value(() => PrometheusQuery.GetAsync(_client, path), found => found.GetArrayLength() > 0, Deadline);
        return [.. series.EnumerateArray().SelectMany(one => one.GetProperty("exemplars").EnumerateArray()).Select(exemplar =>
            exemplar.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!))];
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_file);

    private string Selector(string metric, (string Name, string Value)[] labels) =>
        $"{metric}{{{string.Join(',', labels.Append((Name: Label, Value: _name)).Select(label => $"{label.Name}={Quoted(label.Value)}"))}}}";

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
