using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Pushing;

/// <summary>Several sources of one protocol, each with listeners, mappings and labels of its own.</summary>
public sealed class NamedSourcesTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task SeveralOfEachProtocol_EachHasItsOwnMappingsLabelsAndFigures()
    {
        var (admin, first, second, third) = (FreePort.Next(), FreePort.NextUdp(), FreePort.NextUdp(), FreePort.NextUdp());
        var (load, queue) = (FreePort.Next(), FreePort.Next());
        await using var adapter = SidecarProcess.Start("adapter", admin, ["--config", _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{admin}}" }
            statsd: { udp: "127.0.0.1:{{first}}" }
            inputs:
              shop:
                statsd:
                  udp: 127.0.0.1:{{second}}
                  labels: { app: shop }
                  mappings: [ { match: "*.hits", name: hits_total, labels: { part: $1 } }, { match: mine, name: mine, labels: { app: own } } ]
              mail:
                statsd:
                  udp: 127.0.0.1:{{third}}
                  unix: {{_folder["mail.sock"]}}
                  labels: { app: mail }
                  mappings: [ { match: "*.hits", name: hits_total, labels: { part: $1 } } ]
              loads: { graphite: { tcp: "127.0.0.1:{{load}}", mappings: [ { match: "*.load", name: load, labels: { server: $1 } } ] } }
              queues: { graphite: { tcp: "127.0.0.1:{{queue}}" } }
              lines: { influxdb: { http: true } }
            """)]);
        await adapter.WaitReadyAsync();
        using var udp = new UdpClient();
        using var unix = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var client = new HttpClient { BaseAddress = adapter.AdminUrl, Timeout = Deadline };

        await udp.SendAsync("a.hits:1|c"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, first));
        await udp.SendAsync("a.hits:2|c\nmine:1|g"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, second));
        await udp.SendAsync("a.hits:4|c|#app:forged"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, third));
        await unix.SendToAsync("a.hits:8|c"u8.ToArray(), new UnixDomainSocketEndPoint(_folder["mail.sock"]));
        await SendAsync(load, "web.load 1.5 1700000000\n");
        await SendAsync(queue, "web.load 7 1700000000\n");
        using var named = await client.PostAsync(new Uri("push/lines/write", UriKind.Relative), new StringContent("over_http value=5\n"));
        using var unnamed = await client.PostAsync(new Uri("write", UriKind.Relative), new StringContent("over_http value=5\n"));
        using var unknown = await client.PostAsync(new Uri("push/shop/write", UriKind.Relative), new StringContent("over_http value=5\n"));

        await Eventually.True(async () => (await adapter.MetricsAsync()).Samples.Where(sample => sample.Name == "sidecars_adapter_samples_total").Sum(sample => sample.Value) == 8, Deadline);
        var page = await adapter.MetricsAsync();
        Assert.Equal(1, page.Value("a_hits"));
        Assert.Equal(2, page.Value("hits_total", ("app", "shop"), ("part", "a")));
        Assert.Equal(12, page.Value("hits_total", ("app", "mail"), ("part", "a")));
        Assert.Equal(1, page.Value("mine", ("app", "own")));
        Assert.Equal(1.5, page.Value("load", ("server", "web")));
        Assert.Equal(7, page.Value("web_load"));
        Assert.Equal(5, page.Value("over_http"));
        Assert.Equal(2, page.Value("sidecars_adapter_samples_total", ("input", "shop")));
        Assert.Equal(2, page.Value("sidecars_adapter_samples_total", ("input", "mail")));
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (named.StatusCode, unnamed.StatusCode, unknown.StatusCode));
        Assert.Equal(["statsd", "shop", "mail", "loads", "queues", "lines"], (await adapter.StatusAsync()).Rows("pushed").Select(row => row.GetProperty("input").GetString()));
    }

    [Fact]
    public async Task Check_Mistakes_PlaceAndRemedy()
    {
        var (exitCode, _, error) = await RunAsync("check", """
            statsd: { udp: "127.0.0.1:9125" }
            inputs:
              statsd: { statsd: { tcp: "127.0.0.1:9126" } }
              taken: { statsd: { udp: "127.0.0.1:9125" } }
              both: { statsd: { udp: "127.0.0.1:9127" }, tail: /var/log/x.log }
              more: { graphite: { tcp: "127.0.0.1:9128" }, up: more_up, format: "$x", metrics: [ { gauge: x } ] }
              none: { influxdb: { labels: { "x-y": z } } }
            """, "");

        Assert.Equal(2, exitCode);
        Assert.Contains("inputs.statsd.statsd: statsd is the name of what the key statsd receives already", error, StringComparison.Ordinal);
        Assert.Contains("inputs.taken.statsd.udp: 127.0.0.1:9125 is taken by statsd", error, StringComparison.Ordinal);
        Assert.Contains("inputs.both: an input has one source", error, StringComparison.Ordinal);
        Assert.Contains("inputs.more.up: samples that are pushed have names and values of their own", error, StringComparison.Ordinal);
        Assert.Contains("inputs.more.format: samples that are pushed", error, StringComparison.Ordinal);
        Assert.Contains("inputs.more.metrics: samples that are pushed", error, StringComparison.Ordinal);
        Assert.Contains("inputs.none.influxdb: nothing can be received", error, StringComparison.Ordinal);
        Assert.Contains("'x-y' is not a label's name", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ input: statsd, lines: ['a.b:2|c', 'a.b:3|c|@0.5'], expect: 'a_b 8' }""", 0, "1 tests, 0 failed")]
    [InlineData("""{ input: shop, lines: ['x.hits:2|c', 'nonsense', '_sc|x|0'], unmatched: 2, expect: 'hits_total{part="x"} 2' }""", 0, "1 tests, 0 failed")]
    [InlineData("""{ input: shop, lines: ['nonsense'], expect: 'hits_total 0' }""", 1, "line 1 is not counted: malformed")]
    [InlineData("""{ input: shop, lines: ['x.hits:2|c'], expect: 'hits_total{part="x"} 3' }""", 1, "got 2")]
    [InlineData("""{ input: loads, lines: ['web.load 1.5 1700000000'], expect: 'web_load 1.5' }""", 0, "1 tests, 0 failed")]
    [InlineData("""{ input: lines, lines: ['cpu,host=a idle=25'], expect: 'cpu_idle{host="a"} 25' }""", 0, "1 tests, 0 failed")]
    public async Task Test_OfPushedSamples_Runs(string test, int expected, string told)
    {
        var (exitCode, output, error) = await RunAsync("test", Sources + $"tests:\n  - {test}\n", "");

        Assert.Equal("", error);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(expected, exitCode);
    }

    [Theory]
    [InlineData("statsd", "a.b:2|c\na.b:1|c", "line 2: statsd\n  -> a_b = 3\n2 lines\n")]
    [InlineData("shop", "x.hits:1|c\nx:1|q\n", "line 1: shop\n  -> hits_total{part=\"x\"} = 1\nline 2: shop\n  not counted: malformed\n2 lines\n")]
    [InlineData("loads", "web.load 1.5 1700000000\n", "  -> web_load = 1.5\n")]
    [InlineData("lines", "cpu,host=a idle=25,busy=75 1\n", "  -> cpu_idle{host=\"a\"} = 25\n  -> cpu_busy{host=\"a\"} = 75\n")]
    public async Task Explain_OfPushedSamples_SeriesOrReason(string input, string lines, string told)
    {
        var (exitCode, output, error) = await RunAsync("explain", Sources, lines, "--input", input);

        Assert.Equal("", error);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("pod", "pod cannot be explained: it is what the kernel tells")]
    [InlineData("others", "others cannot be explained: what it tells is metrics already")]
    [InlineData("nobody", "there is no input nobody; inputs: statsd, shop, loads, lines")]
    public async Task Explain_WhatCannotBe_SaysWhy(string input, string told)
    {
        var (exitCode, _, error) = await RunAsync("explain", Sources, "", "--input", input);

        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }

    public void Dispose() => _folder.Dispose();

    private const string Sources = """
        statsd: { udp: "127.0.0.1:9125" }
        pod: {}
        prometheus: { others: { url: "http://127.0.0.1:9101/metrics" } }
        inputs:
          shop: { statsd: { udp: "127.0.0.1:9126", mappings: [ { match: "*.hits", name: hits_total, labels: { part: $1 } } ] } }
          loads: { graphite: { tcp: "127.0.0.1:9127" } }
          lines: { influxdb: { tcp: "127.0.0.1:9128" } }

        """;

    private static async Task SendAsync(int port, string text)
    {
        using var tcp = new TcpClient("127.0.0.1", port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string verb, string yaml, string input, params string[] more) =>
        ClientProgram.RunAsync(Path.Combine(AppContext.BaseDirectory, "adapter"), [verb, "--config", _folder.Write("adapter.yaml", yaml), .. more], input: input);
}
