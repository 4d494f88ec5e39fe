using System.Net;
using System.Net.Http.Headers;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests;

/// <summary>The adapter as a process beside a real nginx.</summary>
public class AdapterProcessTests
{
    private const string Timed = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" $request_time";

    [Fact]
    public async Task Traffic_ThroughRotations_CountsAreWhatWasSent()
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = Timed });
        await using var adapter = await StartAsync(nginx.AccessLog, Timed, nginx.StatusUrl.AbsoluteUri);
        using var client = new HttpClient { BaseAddress = nginx.Url };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("(\"quoted\" \\ [200] )"));
        string[] methods = ["GET", "POST", "DELETE", "BREW"];
        string[] paths = ["", "status/404", "status/500", "status/204"];
        var sent = new Dictionary<(string, string), int>();
        var random = new Random(3);
        for (var i = 0; i < 400; i++)
        {
            if (i % 80 == 40)
            {
                await nginx.RotateAsync($"{nginx.AccessLog}.{i}");
            }

            var method = methods[random.Next(methods.Length)];
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(paths[random.Next(paths.Length)], UriKind.Relative));
            using var response = await client.SendAsync(request);
            var key = (method == "BREW" ? "other" : method, ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture));
            sent[key] = sent.GetValueOrDefault(key) + 1;
        }

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total") == 400);
        var page = await adapter.MetricsAsync();
        foreach (var ((method, status), count) in sent)
        {
            Assert.Equal(count, page.Value("nginx_http_requests_total", ("method", method), ("status", status)));
        }

        Assert.Equal(sent.Count, page.Samples.Count(sample => sample.Name == "nginx_http_requests_total"));
        Assert.Equal(400, page.Sum("nginx_http_request_duration_seconds_count"));
        Assert.Equal(0, page.Value("sidecars_adapter_lines_unparsed_total", ("input", "nginx-access-log")));
        Assert.Equal(1, page.Value("nginx_up"));
        Assert.True(page.Value("nginx_stub_status_requests_total") >= 400);
        Assert.True(page.Value("nginx_connections_active") >= 1);
        Assert.Equal(0, await adapter.TerminateAsync());
    }

    [Fact]
    public async Task NoConfigurationAndNothingThere_ServesAndWaits()
    {
        var port = FreePort.Next();
        await using var adapter = SidecarProcess.Start("adapter", port, ["--admin", $"127.0.0.1:{port}"]);
        await adapter.WaitReadyAsync();

        var page = await adapter.MetricsAsync();

        Assert.True(page.Value("nginx_up") is 0 or 1); // whatever else this machine runs on 8080
        Assert.NotNull(page.Find("sidecars_adapter_lines_total", ("input", "nginx-access-log")));
        Assert.Equal(0, await adapter.TerminateAsync());
    }

    [Fact]
    public async Task LogThatAppearsLater_IsReadFromItsBeginning()
    {
        using var folder = new TempFolder();
        await using var adapter = await StartAsync(folder["logs/access.log"], "$request_method $status");

        folder.Write("logs/access.log", "GET 200\nGET 200\n");

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total") == 2, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task GarbageLines_AreCountedAndTheRestIsRight()
    {
        using var folder = new TempFolder();
        var log = folder.Write("access.log", "");
        await using var adapter = await StartAsync(log, "$request_method $status");
        var garbage = new byte[100_000];
        new Random(7).NextBytes(garbage);
        garbage.AsSpan().Replace((byte)'\n', (byte)'x');
        garbage.AsSpan().Replace((byte)' ', (byte)'x');
        using (var stream = new FileStream(log, FileMode.Append))
        {
            stream.Write("GET 200\n"u8);
            stream.Write(garbage);
            stream.Write("\nGET 200\n"u8);
            for (var i = 0; i < 20; i++)
            {
                stream.Write(garbage); // one line of 2 MB
            }

            stream.Write("\nGET 200\n"u8);
        }

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total") == 3);
        Assert.Equal(2, (await adapter.MetricsAsync()).Value("sidecars_adapter_lines_unparsed_total", ("input", "nginx-access-log")));
        Assert.Contains("does not match its format", adapter.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HungStatusPage_ScrapeComesInTimeAndTheLogIsThere()
    {
        using var folder = new TempFolder();
        using var hung = new Sources.MisbehavingServer([], forEver: true);
        await using var adapter = await StartAsync(folder.Write("access.log", "GET 200\n"), "$request_method $status", hung.Url);

        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total") == 1);

        Assert.Equal(0, (await adapter.MetricsAsync()).Value("nginx_up"));
    }

    [Fact]
    public async Task Termination_LinesWrittenJustBefore_AreReadToTheEnd()
    {
        using var folder = new TempFolder();
        var log = folder.Write("access.log", "");
        await using var adapter = await StartAsync(log, "$request_method $status");

        await File.AppendAllTextAsync(log, string.Concat(Enumerable.Repeat("GET 200\n", 50_000)) + "GET 204");

        Assert.Equal(0, await adapter.TerminateAsync());
        Assert.Contains("in all: 50001", adapter.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_NewMetric_OldCountsStay()
    {
        using var folder = new TempFolder();
        var log = folder.Write("access.log", "GET 200 1\nPUT 201 2\n");
        var port = FreePort.Next();
        string Configuration(string more) => $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
              access:
                tail: {{log}}
                format: $method $status $took
                metrics:
                  - { counter: requests_total, labels: [method] }
            {{more}}
            """;
        var file = folder.Write("adapter.yaml", Configuration(""));
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", file]);
        await adapter.WaitReadyAsync();
        await Eventually.True(async () => (await adapter.MetricsAsync()).Sum("requests_total") == 2);

        await File.WriteAllTextAsync(file, Configuration("      - { histogram: took_seconds, value: took, buckets: [1, 2] }"));
        Assert.Equal(HttpStatusCode.OK, (await adapter.PostAsync("reload")).Status);
        await File.AppendAllTextAsync(log, "GET 200 1\n");

        await Eventually.True(async () => (await adapter.MetricsAsync()).Find("took_seconds_count") == 1);
        var page = await adapter.MetricsAsync();
        Assert.Equal(2, page.Value("requests_total", ("method", "GET")));
        Assert.Equal(1, page.Value("requests_total", ("method", "PUT")));
    }

    [Fact]
    public async Task Check_ManyMistakes_FileLineColumnAndKeyOfEach()
    {
        using var folder = new TempFolder();
        var file = folder.Write("adapter.yaml", """
            inputs:
              access:
                tail: access.log
                format: $remote_addr$status
                metrics:
                  - { counter: requests, labels: [method] }
                  - { histogram: d_seconds, value: t, buckets: [2, 1] }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains($"{file}:3:11: inputs.access.tail: 'access.log' is not an absolute path", error, StringComparison.Ordinal);
        Assert.Contains($"{file}:4:13: inputs.access.format: at character 13: $remote_addr and $status stand side by side", error, StringComparison.Ordinal);
        Assert.Contains(":6:20: inputs.access.metrics[0].counter: a counter's name ends in _total; write requests_total", error, StringComparison.Ordinal);
        Assert.Contains("inputs.access.metrics[1].buckets[1]: the bounds must increase", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truncation_AndSeveralFiles_EveryLineIsCountedOnce()
    {
        using var folder = new TempFolder();
        var first = folder.Write("a.log", string.Concat(Enumerable.Repeat("GET 200\n", 10)));
        await using var adapter = await StartAsync(folder["*.log"], "$request_method $status");
        async Task<double> Requests() => (await adapter.MetricsAsync()).Sum("nginx_http_requests_total");
        await Eventually.True(async () => await Requests() == 10);

        folder.Write("b.log", "PUT 201\n");
        await Eventually.True(async () => await Requests() == 11, TimeSpan.FromSeconds(30));
        await using (var stream = new FileStream(first, FileMode.Open))
        {
            stream.SetLength(0);
        }

        await File.AppendAllTextAsync(first, "POST 500\nPOST 500\n");

        await Eventually.True(async () => await Requests() == 13);
        Assert.Equal(2, (await adapter.MetricsAsync()).Value("nginx_http_requests_total", ("method", "POST"), ("status", "500")));
    }

    [Fact]
    public async Task Explain_UnknownInput_TheKnownOnesAreNamed()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["explain", "--input", "nginx"]);

        Assert.Equal(2, exitCode);
        Assert.Contains("there is no input nginx; inputs: nginx-access-log, nginx-status", error, StringComparison.Ordinal);
    }

    internal static async Task<SidecarProcess> StartAsync(string log, string format, string status = "off")
    {
        var port = FreePort.Next();
        var adapter = SidecarProcess.Start(
            "adapter",
            port,
            ["--admin", $"127.0.0.1:{port}"],
            new Dictionary<string, string?> { ["ADAPTER_ACCESS_LOG"] = log, ["ADAPTER_LOG_FORMAT"] = format, ["ADAPTER_NGINX_STATUS"] = status });
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
