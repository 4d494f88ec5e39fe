using System.Diagnostics;
using System.Text.Json;

namespace Sidecars.Testing;

/// <summary>A real Prometheus (Debian package <c>prometheus</c>) on loopback that scrapes one target every second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly TempFolder _folder;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, TempFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>Starts it and returns when the target was scraped once without an error.</summary>
    public static async Task<PrometheusServer> StartAsync(Uri target)
    {
        var server = Start($$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: tested
                static_configs: [ { targets: ["{{target.Authority}}"] } ]
            """);
        await Eventually.True(async () => await server.ScrapeErrorAsync() == "", Deadline);
        return server;
    }

    /// <summary>Starts one that scrapes nothing and takes remote write; returns when it is ready.</summary>
    public static async Task<PrometheusServer> StartReceiverAsync()
    {
        var server = Start("global: { scrape_interval: 1m }\n", "--web.enable-remote-write-receiver");
        await Eventually.True(async () => (await server._client.GetAsync(new Uri("-/ready", UriKind.Relative))).IsSuccessStatusCode, Deadline);
        return server;
    }

    /// <summary>Where it takes remote write.</summary>
    public Uri WriteUrl => new(_client.BaseAddress!, "api/v1/write");

    private static PrometheusServer Start(string configuration, params string[] more)
    {
        var folder = new TempFolder();
        var port = FreePort.Next();
        var file = folder.Write("prometheus.yml", configuration);
        var start = new ProcessStartInfo("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={folder["data"]}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error", .. more]);
        return new PrometheusServer(Process.Start(start) ?? throw new InvalidOperationException("prometheus was not started"), folder, port);
    }

    /// <summary>The last scrape's error: empty for none; null before the first scrape.</summary>
    public async Task<string?> ScrapeErrorAsync()
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri("api/v1/targets", UriKind.Relative)));
        var target = answer.RootElement.GetProperty("data").GetProperty("activeTargets")[0];
        return target.GetProperty("health").GetString() == "unknown" ? null : target.GetProperty("lastError").GetString();
    }

    /// <summary>The sum that a query gives now; 0 for no series.</summary>
    public async Task<double> QueryAsync(string query)
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative)));
        return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
            .Sum(series => double.Parse(series.GetProperty("value")[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>What <c>promtool check metrics</c> says of a page; empty when it has nothing to say.</summary>
    public static async Task<string> CheckAsync(string page)
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("promtool was not started");
        await promtool.StandardInput.WriteAsync(page);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return said.Length == 0 && promtool.ExitCode != 0 ? $"exit code {promtool.ExitCode}" : said;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }
}
