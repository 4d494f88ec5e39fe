using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Pushing;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Pushing;

public sealed class CollectdTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly PushStore _store = new(new LimitsOptions(), new FakeTimeProvider());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Putval_WithTypes_CountersAndGaugesByName()
    {
        var reader = Reader("cpu value:DERIVE:0:U", "if_octets rx:DERIVE:0:U, tx:DERIVE:0:U", "load shortterm:GAUGE:0:5000, midterm:GAUGE:0:5000, longterm:GAUGE:0:5000", "hits value:ABSOLUTE:0:U");

        Say(reader, """
            PUTVAL "web/cpu-0/cpu-idle" interval=10.000 1280959128.000:1901474177
            PUTVAL web/interface-eth0/if_octets interval=10 N:100:200
            PUTVAL "my host/load/load" interval=10 N:0.5:U:nan
            PUTVAL web/app/hits N:3 N:4
            PUTVAL web/app/hits-a/b interval=10 N:5
            PUTNOTIF severity=okay time=1 message=hello
            """);

        var page = Page();
        Assert.Equal(1901474177, page.Value("collectd_cpu_total", ("cpu", "0"), ("host", "web"), ("type", "idle")));
        Assert.Equal(100, page.Value("collectd_interface_if_octets_rx_total", ("host", "web"), ("interface", "eth0")));
        Assert.Equal(200, page.Value("collectd_interface_if_octets_tx_total", ("host", "web"), ("interface", "eth0")));
        Assert.Equal(.5, page.Value("collectd_load_shortterm", ("host", "my host")));
        Assert.Null(page.Find("collectd_load_midterm", ("host", "my host")));
        Assert.Equal(7, page.Value("collectd_app_hits_total", ("host", "web")));
        Assert.Equal(5, page.Value("collectd_app_hits_total", ("host", "web"), ("app", "a/b")));
        Assert.Equal(("counter", "gauge"), (page.Types["collectd_cpu_total"], page.Types["collectd_load_shortterm"]));
        Assert.Equal((7, 1, 0), (reader.Samples, reader.DroppedBy(DropReason.Event), reader.DroppedBy(DropReason.Malformed)));
    }

    [Fact]
    public void Putval_WithoutTypes_GaugesToldApartByPlace()
    {
        var reader = Reader();

        Say(reader, "PUTVAL web/interface-eth0/if_octets N:100:200\nPUTVAL web/x/users N:-3\n");

        Assert.Equal(200, Page().Value("collectd_interface_if_octets_1", ("host", "web"), ("interface", "eth0")));
        Assert.Equal(-3, Page().Value("collectd_x_users", ("host", "web")));
    }

    [Theory]
    [InlineData("PUTVAL")]
    [InlineData("PUTVAL ")]
    [InlineData("PUTVAL web/x/load")]
    [InlineData("PUTVAL web/x N:1")]
    [InlineData("PUTVAL //load N:1")]
    [InlineData("PUTVAL \"web/x/users N:1")]
    [InlineData("PUTVAL web/x/users 1")]
    [InlineData("PUTVAL web/x/users then:1")]
    [InlineData("PUTVAL web/x/users N:")]
    [InlineData("PUTVAL web/x/users N:inf")]
    [InlineData("PUTVAL web/load/load N:1:2")]
    [InlineData("PUTVAL web/cpu/cpu N:-1")]
    [InlineData("GETVAL web/cpu/cpu")]
    public void Malformed_CountedAnsweredAndTheNextLineRead(string line)
    {
        var reader = Reader("cpu value:DERIVE:0:U", "load shortterm:GAUGE:0:5000, midterm:GAUGE:0:5000, longterm:GAUGE:0:5000", "broken value:GAUGE", "# comment", "empty");

        Assert.StartsWith("-1 ", reader.Answer(Encoding.UTF8.GetBytes(line)), StringComparison.Ordinal);
        Assert.Equal("0 Success: 1 value has been dispatched.\n", reader.Answer("PUTVAL web/x/after N:1\r"u8));

        Assert.Equal(1, reader.DroppedBy(DropReason.Malformed));
        Assert.Equal(1, Page().Value("collectd_x_after", ("host", "web")));
    }

    [Fact]
    public void HugeAndHostile_DroppedNotOverrun()
    {
        var reader = Reader();
        var places = string.Join(':', Enumerable.Repeat("1", 101));

        Say(reader, $"PUTVAL {new string('h', 3000)}/x/y N:1\nPUTVAL h/{new string('p', 1010)}/{new string('t', 1032)} N:1\nPUTVAL h/{new string('p', 1000)}-{new string('i', 500)}/t-{new string('i', 540)} N:1\nPUTVAL h/x/y N:{places}\n");
        Assert.False(reader.ReadBody("""[ { "values": [1], "dstypes": ["gauge"] """u8));
        Assert.True(reader.ReadBody("""[ { "values": [1, 2], "dstypes": ["gauge"], "dsnames": ["a", "b"], "host": "h", "plugin": "p", "type": "t" }, { "values": [1], "dstypes": ["7"], "dsnames": ["a"], "host": "h", "plugin": "p", "type": "t" } ]"""u8));
        Assert.True(reader.ReadBody(Encoding.UTF8.GetBytes($$"""[ { "values": [1], "dstypes": ["gauge"], "dsnames": ["a"], "host": "{{new string('h', 5000)}}", "plugin": "p", "type": "t" } ]""")));

        Assert.Equal((0, 8), (reader.Samples, reader.DroppedBy(DropReason.Malformed)));
    }

    /// <summary>The example of collectd's own documentation of the format.</summary>
    [Fact]
    public void Json_AsCollectdDocumentsIt()
    {
        var reader = Reader();

        Assert.True(reader.ReadBody("""
            [ { "values": [1901474177], "dstypes": ["counter"], "dsnames": ["value"], "time": 1280959128, "interval": 10,
                "host": "leeloo.octo.it", "plugin": "cpu", "plugin_instance": "0", "type": "cpu", "type_instance": "idle" },
              { "values": [1, null], "dstypes": ["gauge", "gauge"], "dsnames": ["used", "free"], "host": "h", "plugin": "df", "plugin_instance": "", "type": "df", "type_instance": "root", "meta": { "a": true } },
              { "values": [5], "dstypes": ["absolute"], "dsnames": ["value"], "host": "h", "plugin": "a", "type": "b" },
              { "values": [5], "dstypes": ["absolute"], "dsnames": ["value"], "host": "h", "plugin": "a", "type": "b" },
              { "host": "h", "plugin": "p", "severity": "OKAY", "message": "a notification" } ]
            """u8));

        var page = Page();
        Assert.Equal(1901474177, page.Value("collectd_cpu_total", ("cpu", "0"), ("host", "leeloo.octo.it"), ("type", "idle")));
        Assert.Equal(1, page.Value("collectd_df_used", ("df", "root"), ("host", "h")));
        Assert.Equal(10, page.Value("collectd_a_b_total", ("host", "h")));
        Assert.Equal((4, 1, 0), (reader.Samples, reader.DroppedBy(DropReason.Event), reader.DroppedBy(DropReason.Malformed)));
    }

    [Fact]
    public async Task RealCollectd_SendsBothFormsAndAnswersAsItDoes()
    {
        var (admin, tcp) = (FreePort.Next(), FreePort.Next());
        await using var adapter = SidecarProcess.Start("adapter", admin, ["--config", _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{admin}}" }
            collectd: { http: true, labels: { form: json } }
            inputs:
              lines: { collectd: { http: true, types_db: [/usr/share/collectd/types.db], labels: { form: lines } } }
              socket:
                collectd:
                  unix: {{_folder["own.sock"]}}
                  tcp: 127.0.0.1:{{tcp}}
                  types_db: [/usr/share/collectd/types.db]
                  labels: { form: socket }
                  mappings: [ { match: collectd.interface.*.*.total, name: "interface_${1}_${2}_total" } ]
            """)]);
        await adapter.WaitReadyAsync();
        await using var collectd = await CollectdServer.StartAsync(new Uri(adapter.AdminUrl, "push/collectd"), new Uri(adapter.AdminUrl, "push/lines"));
        string[] said =
        [
            "PUTVAL tested/interface-eth0/if_octets interval=3600 N:1000:2000",
            "PUTVAL \"tested/load/load\" interval=3600 N:0.25:0.5:U",
            "PUTVAL tested/users/users N:5",
        ];

        var theirs = await CollectdServer.SayAsync(collectd.Path, said);
        var ours = await CollectdServer.SayAsync(_folder["own.sock"], said);
        using (var client = new TcpClient("127.0.0.1", tcp))
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PUTVAL tcp/users/users N:7\n"));
        }

        Assert.Equal(theirs, ours);
        await Eventually.True(
            async () =>
            {
                // what it was told is on its way to its plugins by other threads
                await CollectdServer.SayAsync(collectd.Path, "FLUSH plugin=write_http/json plugin=write_http/command");
                var page = await adapter.MetricsAsync();
                return page.Find("collectd_users", ("form", "json"), ("host", "tested")) == 5
                    && page.Find("collectd_users", ("form", "lines"), ("host", "tested")) == 5
                    && page.Find("collectd_users", ("form", "socket"), ("host", "tcp")) == 7;
            },
            Deadline);
        var text = (await adapter.GetAsync("metrics")).Body;
        var last = MetricsText.Parse(text);
        foreach (var form in (string[])["json", "lines"])
        {
            Assert.Equal(2000, last.Value("collectd_interface_if_octets_tx_total", ("form", form), ("host", "tested"), ("interface", "eth0")));
            Assert.Equal(.25, last.Value("collectd_load_shortterm", ("form", form), ("host", "tested")));
            Assert.Null(last.Find("collectd_load_longterm", ("form", form), ("host", "tested")));
        }

        Assert.Equal(1000, last.Value("interface_if_octets_rx_total", ("form", "socket"), ("host", "tested"), ("interface", "eth0")));
        Assert.Equal(0, last.Sum("sidecars_adapter_samples_dropped_total"));
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        Assert.Equal(0, await adapter.TerminateAsync());
        Assert.False(File.Exists(_folder["own.sock"]));
    }

    [Fact]
    public async Task BrokenJson_IsToldAndCounted()
    {
        var admin = FreePort.Next();
        await using var adapter = SidecarProcess.Start("adapter", admin, ["--config", _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{admin}}" }
            collectd: { http: true }
            """)]);
        await adapter.WaitReadyAsync();
        using var client = new HttpClient { BaseAddress = adapter.AdminUrl, Timeout = Deadline };

        using var answer = await client.PostAsync(new Uri("push/collectd", UriKind.Relative), new StringContent("[{"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, (await adapter.MetricsAsync()).Value("sidecars_adapter_samples_dropped_total", ("input", "collectd"), ("reason", "malformed")));
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("""[{"values":[1e999],"dstypes":["gauge"],"dsnames":["value"],"host":"h","plugin":"p","type":"t"}]""")]
    public void ReadBody_NoListOrNoNumber_IsCounted(string body)
    {
        var reader = Reader();

        Assert.True(reader.ReadBody(Encoding.UTF8.GetBytes(body)));

        Assert.Equal(1, reader.DroppedBy(DropReason.Malformed));
    }

    [Fact]
    public async Task Check_Mistakes_PlaceAndRemedy()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("adapter", ["check", _folder.Write("adapter.yaml", "collectd: { udp: \"127.0.0.1:25826\", types_db: [types.db, /nowhere/types.db] }\n")]);

        Assert.Equal(2, exitCode);
        Assert.Contains("collectd.udp: what collectd's plugin network sends over UDP is binary", error, StringComparison.Ordinal);
        Assert.Contains("collectd.types_db[0]: 'types.db' is not an absolute path", error, StringComparison.Ordinal);
        Assert.Contains("collectd.types_db[1]: '/nowhere/types.db' cannot be read", error, StringComparison.Ordinal);
    }

    private static void Say(CollectdReader reader, string lines) => reader.Read(Encoding.UTF8.GetBytes(lines));

    private CollectdReader Reader(params string[] types)
    {
        var known = new CollectdTypes();
        foreach (var line in types)
        {
            known.Add(line);
        }

        return new CollectdReader(new SampleRouter(_store, new NameMapper(new CollectdOptions()), CollectdReader.Tags, 1000), known);
    }

    private MetricsText Page()
    {
        using var buffer = new ExpositionBuffer();
        _store.Write(buffer, MetricsFormat.Text, withCreated: false);
        return MetricsText.Parse(Encoding.UTF8.GetString(buffer.Written));
    }
}
