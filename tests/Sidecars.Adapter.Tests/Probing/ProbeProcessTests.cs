using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Probing;

/// <summary>A running adapter that probes what it is asked to, if it may.</summary>
public sealed class ProbeProcessTests(SharedPrometheus prometheus) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TwoRealServers_PrometheusHasEachUnderItsOwnName()
    {
        await using var first = await NginxServer.StartAsync();
        await using var second = await NginxServer.StartAsync();
        await using var adapter = await StartAsync($"{first.StatusUrl}, {second.StatusUrl}");
        using var client = new HttpClient();
        for (var i = 0; i < 50; i++)
        {
            await client.GetAsync(second.Url);
        }

        var server = await prometheus.ServerAsync();
        using var ofFirst = server.Probe(adapter.AdminUrl, "nginx", first.StatusUrl.AbsoluteUri);
        using var ofSecond = server.Probe(adapter.AdminUrl, "nginx", second.StatusUrl.AbsoluteUri);

        foreach (var (target, url) in ((PrometheusTarget, Uri)[])[(ofFirst, first.StatusUrl), (ofSecond, second.StatusUrl)])
        {
            await target.WaitSumAsync(1, "probe_success", ("instance", url.AbsoluteUri));
            await target.WaitSumAsync(1, "up");
            await target.WaitScrapedAsync();
        }

        // the second had these and its own status pages, the first its status pages alone
        var before = await RequestsAsync(second);
        var seen = await Eventually.Value(() => ofSecond.SumAsync("nginx_requests_total"), sum => sum >= before, TimeSpan.FromSeconds(90));
        Assert.InRange(seen, 51, await RequestsAsync(second));
        Assert.True(await ofSecond.SumAsync("probe_duration_seconds") > 0);

        await second.StopAsync();
        await ofSecond.WaitSumAsync(0, "probe_success");
        await ofSecond.WaitSumAsync(0, "nginx_requests_total"); // gone with the server
        await ofSecond.WaitSumAsync(1, "up");
        await ofFirst.WaitSumAsync(1, "probe_success");
    }

    [Fact]
    public async Task Answer_IsThatTargetAlone_AndEveryJudgeIsContent()
    {
        using var page = new MisbehavingServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{\"n\":\"a\\\"\\n\",\"v\":3},{\"n\":\"b\",\"v\":4}]"u8);
        using var half = new MisbehavingServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{\"n\":\"a\",\"v\":3},"u8);
        await using var adapter = await StartAsync("http://127.0.0.1:*/status");

        var (status, text) = await adapter.GetAsync(Probe(page.Url, "queues"));
        var openMetrics = await OpenMetricsAsync(adapter, Probe(page.Url, "queues"));
        var broken = MetricsText.Parse((await adapter.GetAsync(Probe(half.Url, "queues"))).Body);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        var parsed = MetricsText.Parse(text);
        Assert.Equal(["queue_depth", "probe_success", "probe_duration_seconds"], parsed.Types.Keys);
        Assert.Equal(4, parsed.Value("queue_depth", ("queue", "b")));
        Assert.Contains("gauge  queue_depth {'queue': 'b'} 4.0", await OpenMetricsParser.ParseAsync(openMetrics));
        Assert.Equal(["probe_success", "probe_duration_seconds"], broken.Types.Keys); // nothing of the page before
        Assert.Equal(0, broken.Value("probe_success"));
        var own = await adapter.MetricsAsync();
        Assert.Null(own.Find("probe_success"));
        Assert.Equal(2, own.Value("sidecars_adapter_probes_total", ("module", "queues"), ("result", "success")));
        Assert.Equal(1, own.Value("sidecars_adapter_probes_total", ("module", "queues"), ("result", "unparsed")));
    }

    [Fact]
    public async Task WhatMayNotBe_IsRefusedInClearWordsAndNobodyIsAsked()
    {
        using var page = new MisbehavingServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]"u8);
        await using var adapter = await StartAsync("http://127.0.0.1:*/other");

        Assert.Equal((HttpStatusCode.Forbidden, $"the target '{page.Url}' is not among those that probe.targets of the configuration allows\n"), await adapter.GetAsync(Probe(page.Url, "queues")));
        var (noModule, words) = await adapter.GetAsync(Probe(page.Url, "x"));
        Assert.Equal((HttpStatusCode.BadRequest, "there is no module 'x'; modules: nginx, queues\n"), (noModule, words));
        Assert.Equal(HttpStatusCode.BadRequest, (await adapter.GetAsync("probe?module=nginx")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await adapter.GetAsync(Probe("file:///etc/passwd", "nginx"))).Status);
        Assert.Equal(0, page.Connections);
        var own = await adapter.MetricsAsync();
        Assert.Equal(1, own.Value("sidecars_adapter_probes_refused_total", ("reason", "forbidden")));
        Assert.Equal(2, own.Value("sidecars_adapter_probes_refused_total", ("reason", "target")));
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        using var forbidden = new MisbehavingServer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[]"u8);
        using var redirecting = new MisbehavingServer(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {forbidden.Url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        await using var adapter = await StartAsync(redirecting.Url);

        Assert.Equal(0, MetricsText.Parse((await adapter.GetAsync(Probe(redirecting.Url, "queues"))).Body).Value("probe_success"));

        Assert.Equal(0, forbidden.Connections);
        Assert.Equal(1, (await adapter.MetricsAsync()).Value("sidecars_adapter_probes_total", ("module", "queues"), ("result", "status")));
    }

    [Fact]
    public async Task HungTargets_SoManyAtATimeAndEachScraperIsAnsweredWithinItsOwnTime()
    {
        using var hung = new MisbehavingServer([], MisbehaviourAfter.Hangs);
        await using var adapter = await StartAsync(hung.Url, "concurrency: 2");
        using var client = new HttpClient { BaseAddress = adapter.AdminUrl, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Add("X-Prometheus-Scrape-Timeout-Seconds", "2");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => await client.GetAsync(new Uri(Probe(hung.Url, "patient"), UriKind.Relative))));

        // the module would wait for a minute; who had no turn within his time is told so
        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable));
        var own = await adapter.MetricsAsync();
        var timeouts = own.Value("sidecars_adapter_probes_total", ("module", "patient"), ("result", "timeout"));
        Assert.Equal(timeouts, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(6 - timeouts, own.Sum("sidecars_adapter_probes_refused_total", ("reason", "busy")));
        Assert.True(hung.Connections <= timeouts);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Check_Mistakes_PlaceAndRemedy()
    {
        var file = _folder.Write("adapter.yaml", """
            probe:
              targets: [ "10.0.0.*" ]
              modules:
                a: { http: "http://a/", json: $, metrics: [ { gauge: x, value: v } ] }
                b: { json: $, up: b_up, metrics: [ { gauge: probe_success, value: v } ] }
                c: { preset: redis }
                d: { json: $, metrics: [ { gauge: probe_success, value: v } ] }
                e f: { json: $ }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains(":2:14: probe.targets[0]: '10.0.0.*' is no pattern of addresses; write http://host:port/path", error, StringComparison.Ordinal);
        Assert.Contains(":4:16: probe.modules.a.http: the target of a probe is what the scraper asks for; leave the source out", error, StringComparison.Ordinal);
        Assert.Contains("probe.modules.b.up: probe_success says it; leave it out", error, StringComparison.Ordinal);
        Assert.Contains("probe.modules.c.preset: only pages over HTTP can be probed: apache, php_fpm or haproxy", error, StringComparison.Ordinal);
        Assert.Contains("probe_success is made in probe.modules.d.metrics[0].gauge already; choose another name", error, StringComparison.Ordinal);
        Assert.Contains("'e f' is not a module's name", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingConfigured_NotFound()
    {
        await using var adapter = await AdapterProcessTests.StartAsync(_folder["none.log"], "$status");

        Assert.Equal(HttpStatusCode.NotFound, (await adapter.GetAsync("probe?target=http://127.0.0.1/")).Status);
    }

    private static string Probe(string target, string module) => $"probe?target={Uri.EscapeDataString(target)}&module={module}";

    private static async Task<string> OpenMetricsAsync(SidecarProcess adapter, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = adapter.AdminUrl };
        client.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));
        return await client.GetStringAsync(new Uri(path, UriKind.Relative));
    }

    private static async Task<double> RequestsAsync(NginxServer nginx)
    {
        using var client = new HttpClient();
        var numbers = (await client.GetStringAsync(nginx.StatusUrl)).Split('\n')[2].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return double.Parse(numbers[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<SidecarProcess> StartAsync(string targets, string more = "")
    {
        var port = FreePort.Next();
        var file = _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            probe:
              {{more}}
              targets: [ {{string.Join(", ", targets.Split(", ").Select(target => $"\"{target}\""))}} ]
              modules:
                nginx: { format: stub_status, timeout: 1m, metrics: [ { counter: nginx_requests_total, value: requests } ] }
                queues: { json: '$[*]', timeout: 1m, metrics: [ { gauge: queue_depth, value: v, labels: [ { queue: n } ] } ] }
            {{(more.Length > 0 ? "    patient: { json: $, timeout: 1m, metrics: [ { gauge: depth, value: v } ] }" : "")}}
            """);
        var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
