namespace Sidecars.Ambassador.Tests.Options;

/// <summary>The file as a user writes it, through the real command.</summary>
public sealed class ConfigurationFileTests
{
    [Fact]
    public async Task Check_ReportsEveryMistakeWithItsPlace()
    {
        using var folder = new TempFolder();
        var file = folder.Write("ambassador.yaml", """
            services:
              - name: api
                listen: 127.0.0.1:8081
                http:
                  upstreams: [http://api.example.com, { adress: "http://x" }]
                  load_balancing: fastest
                  timout: 5s
              - name: db
                listen: 127.0.0.1
                tcp: { upstreams: [db:3306], connect_timeout: 2 }
            """);

        var (exitCode, _, error) = await SidecarProcess.RunAsync("ambassador", ["check", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains(":5:", error, StringComparison.Ordinal);
        Assert.Contains("services[0].http.upstreams[1]: unknown key 'adress'", error, StringComparison.Ordinal);
        Assert.Contains("services[0].http.load_balancing", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'timeout'", error, StringComparison.Ordinal);
        Assert.Contains("services[1].listen", error, StringComparison.Ordinal);
        Assert.Contains("services[1].tcp.connect_timeout", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_AcceptsEveryKeyOfTheDocumentation()
    {
        using var folder = new TempFolder();
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "ambassador.md"));
        var samples = page.Split("```yaml\n").Skip(1).Select(rest => rest.Split("```")[0]).Where(text => text.Contains("services:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(samples);

        foreach (var sample in samples)
        {
            var (exitCode, _, error) = await SidecarProcess.RunAsync("ambassador", ["check", folder.Write("ambassador.yaml", sample)]);
            Assert.True(exitCode == 0, sample + error);
        }
    }

    [Fact]
    public async Task Documentation_NamesEveryMetricAndNoOther()
    {
        await using var ambassador = await Ambassador.StartAsync("services: [ { name: a, listen: '127.0.0.1:$1', http: { upstreams: [ 'http://x' ] } }, { name: b, listen: '127.0.0.1:$2', tcp: { upstreams: [ 'x:1' ] } } ]");
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "ambassador.md"));
        var documented = page.Split('`').Where(word => word.StartsWith("sidecars_ambassador_", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);

        var served = (await ambassador.Process.MetricsAsync()).Types.Keys.Where(name => name.StartsWith("sidecars_ambassador_", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(documented, served);
    }

    [Fact]
    public async Task Schema_IsThatOfTheOptions()
    {
        var (exitCode, schema, _) = await SidecarProcess.RunAsync("ambassador", ["config", "--schema"]);

        Assert.Equal(0, exitCode);
        Assert.Equal(schema, await File.ReadAllTextAsync(Repository.PathOf("docs", "schema", "ambassador.json")));
    }

    [Fact]
    public async Task NoService_IsRefusedWithTheRemedy()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("ambassador", []);

        Assert.Equal(2, exitCode);
        Assert.Contains("AMBASSADOR_UPSTREAM", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuickStart_ByEnvironment_ServesOneUpstream()
    {
        await using var nginx = await NginxServer.StartAsync();
        using var folder = new TempFolder();
        var (admin, listen) = (FreePort.Next(), FreePort.Next());
        var file = folder.Write("ambassador.yaml", $"admin: {{ listen: '127.0.0.1:{admin}' }}\n");
        var environment = new Dictionary<string, string?> { ["AMBASSADOR_UPSTREAM"] = $"http://127.0.0.1:{nginx.Port}", ["AMBASSADOR_LISTEN"] = $"127.0.0.1:{listen}" };
        await using var ambassador = SidecarProcess.Start("ambassador", admin, ["--config", file], environment);
        await ambassador.WaitReadyAsync();
        using var client = new HttpClient();

        Assert.Equal("Hello, world!", await client.GetStringAsync(new Uri($"http://127.0.0.1:{listen}/")));
    }

    [Fact]
    public async Task QuickStart_ByFlag_RelaysTcp()
    {
        await using var redis = await RedisServer.StartAsync();
        using var folder = new TempFolder();
        var (admin, listen) = (FreePort.Next(), FreePort.Next());
        var file = folder.Write("ambassador.yaml", $"admin: {{ listen: '127.0.0.1:{admin}' }}\n");
        await using var ambassador = SidecarProcess.Start(
            "ambassador", admin, ["--config", file, "--upstream", $"tcp://127.0.0.1:{redis.Port}", "--listen", $"127.0.0.1:{listen}"]);
        await ambassador.WaitReadyAsync();
        using var client = new TcpClient("127.0.0.1", listen);
        await using var stream = client.GetStream();
        await stream.WriteAsync("PING\r\n"u8.ToArray());
        var answer = new byte[7];
        await stream.ReadExactlyAsync(answer);

        Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task Listener_ThatIsTaken_EndsTheStartWithOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var folder = new TempFolder();
        foreach (var kind in (string[])["tcp: { upstreams: [ 'x:1' ] }", "http: { upstreams: [ 'http://x' ] }"])
        {
            var file = folder.Write("ambassador.yaml", $"admin: {{ listen: '127.0.0.1:{FreePort.Next()}' }}\nservices:\n  - name: a\n    listen: 127.0.0.1:{port}\n    {kind}\n");

            var (exitCode, _, error) = await SidecarProcess.RunAsync("ambassador", ["--config", file]);

            Assert.Equal(1, exitCode);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains($"{port}", error, StringComparison.Ordinal);
        }
    }
}
