using System.Diagnostics;

namespace Sidecars.Testing;

/// <summary>A real Prometheus (Debian package <c>prometheus</c>) on loopback with a folder of its own; killed at dispose.</summary>
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

    /// <summary>
    /// Starts one that scrapes what it is given later by <see cref="Scrape"/> and <see cref="Probe"/>, keeps exemplars, and looks for new
    /// targets every second; returns when it is ready. Meant to be shared: a start costs more than the few seconds until a new target's first sample.
    /// </summary>
    /// <param name="more">More keys of both jobs, for example how to authenticate; each line without indentation.</param>
    public static async Task<PrometheusServer> StartScrapingAsync(params string[] more)
    {
        var server = Start(folder => $$"""
            global: { scrape_interval: 2s, scrape_timeout: 2s }
            scrape_configs:
              - job_name: pages
                file_sd_configs: [ { files: ["{{folder.Folder("pages")}}/*.json"], refresh_interval: 1s } ]
            {{string.Concat(more.Select(line => $"    {line}\n"))}}
              - job_name: probes
                file_sd_configs: [ { files: ["{{folder.Folder("probes")}}/*.json"], refresh_interval: 1s } ]
                relabel_configs:
                  - { source_labels: [__address__], target_label: __param_target }
                  - { source_labels: [__param_target], target_label: instance }
                  - { source_labels: [__prober], target_label: __address__ }

            """, "--enable-feature=exemplar-storage");
        await server.WaitReadyAsync();
        return server;
    }

    /// <summary>Scrapes a sidecar's <c>/metrics</c> until the target is disposed of.</summary>
    public PrometheusTarget Scrape(Uri admin) => new(_client, _folder, "pages", [admin.Authority], []);

    /// <summary>Has a sidecar probe a target, by <c>/probe?target=&amp;module=</c> and relabelling as blackbox_exporter and its like want it.</summary>
    public PrometheusTarget Probe(Uri admin, string module, string target) =>
        new(_client, _folder, "probes", [target], new() { ["__prober"] = admin.Authority, ["__metrics_path__"] = "/probe", ["__param_module"] = module });

    /// <summary>Starts one that scrapes nothing and takes remote write; returns when it is ready.</summary>
    public static async Task<PrometheusServer> StartReceiverAsync()
    {
        var server = Start(_ => "global: { scrape_interval: 1m }\n", "--web.enable-remote-write-receiver");
        await server.WaitReadyAsync();
        return server;
    }

    /// <summary>Where it takes remote write.</summary>
    public Uri WriteUrl => new(_client.BaseAddress!, "api/v1/write");

    private static PrometheusServer Start(Func<TempFolder, string> configuration, params string[] more)
    {
        var folder = new TempFolder();
        var port = FreePort.Next();
        var file = folder.Write("prometheus.yml", configuration(folder));
        var start = new ProcessStartInfo("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={folder["data"]}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error", .. more]);
        return new PrometheusServer(Process.Start(start) ?? throw new InvalidOperationException("prometheus was not started"), folder, port);
    }

    private Task WaitReadyAsync() => Eventually.True(async () => (await _client.GetAsync(new Uri("-/ready", UriKind.Relative))).IsSuccessStatusCode, Deadline);

    /// <summary>The sum that a query gives now; 0 for no series.</summary>
    public Task<double> QueryAsync(string query) => PrometheusQuery.SumAsync(_client, query);

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
