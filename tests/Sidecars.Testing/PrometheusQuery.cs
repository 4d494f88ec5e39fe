using System.Globalization;
using System.Text.Json;

namespace Sidecars.Testing;

/// <summary>Questions to Prometheus' query API.</summary>
internal static class PrometheusQuery
{
    /// <summary>The sum that a query gives now; 0 for no series.</summary>
    public static async Task<double> SumAsync(HttpClient client, string query) =>
        (await GetAsync(client, $"query?query={Uri.EscapeDataString(query)}")).GetProperty("result").EnumerateArray()
            .Sum(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture));

    /// <summary>What the API says at a path below <c>/api/v1/</c>.</summary>
    public static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        JsonElement.Parse(await client.GetStringAsync(new Uri($"api/v1/{path}", UriKind.Relative))).GetProperty("data");
}
