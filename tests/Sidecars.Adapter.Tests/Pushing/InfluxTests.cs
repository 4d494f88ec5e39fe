using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Pushing;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Pushing;

public class InfluxTests
{
    [Fact]
    public void Read_Fields_GaugesWithTheTagsAsLabels()
    {
        var (reader, page) = Read("""
            # a comment
            weather,location=us-midwest,season=summer temperature=82.5,humidity=71i 1465839830100400200
            load value=0.64
            flags,host=a up=t,down=FALSE,big=18446744073709551615u
            my\ disk,path=/a\,b\=c\ d,a=b\=x used\ space=5i,note="a, b=c d \"e\" f",free=7i
            """);

        Assert.Equal(82.5, page.Value("weather_temperature", ("location", "us-midwest"), ("season", "summer")));
        Assert.Equal(71, page.Value("weather_humidity", ("location", "us-midwest"), ("season", "summer")));
        Assert.Equal(.64, page.Value("load"));
        Assert.Equal(1, page.Value("flags_up", ("host", "a")));
        Assert.Equal(0, page.Value("flags_down", ("host", "a")));
        Assert.Equal(5, page.Value("my_disk_used_space", ("path", "/a,b=c d"), ("a", "b=x")));
        Assert.Equal(7, page.Value("my_disk_free", ("path", "/a,b=c d"), ("a", "b=x")));
        Assert.Equal("gauge", page.Types["load"]);
        Assert.Equal(8, reader.Samples);
        Assert.Equal(1, reader.DroppedBy(DropReason.Event));
        Assert.Equal(0, reader.DroppedBy(DropReason.Malformed));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("m field")]
    [InlineData("m =1")]
    [InlineData("m f=")]
    [InlineData("m f=abc")]
    [InlineData("m f=1 yesterday")]
    [InlineData(",t=a f=1")]
    [InlineData("m f=\"open")]
    [InlineData("m f=NaN")]
    public void Read_Malformed_CountedAndTheNextLineRead(string line)
    {
        var (reader, page) = Read(line + "\nafter value=1\n");

        Assert.Equal(1, reader.DroppedBy(DropReason.Malformed));
        Assert.Equal(1, page.Value("after"));
    }

    [Fact]
    public void Read_HugeNames_DroppedNotOverrun()
    {
        var (reader, page) = Read($"{new string('m', 5000)} f=1\nm,{new string('t', 3000)}=1 f=1\nm {new string('f', 3000)}=1\nafter value=1\n");

        Assert.Equal(3, reader.DroppedBy(DropReason.Malformed));
        Assert.Equal(1, page.Value("after"));
    }

    [Fact]
    public async Task Receive_UdpTcpAndHttp_OnePageThatPrometheusTakes()
    {
        using var folder = new TempFolder();
        var (port, lines) = (FreePort.Next(), FreePort.Next());
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            influxdb:
              udp: 127.0.0.1:{{lines}}
              tcp: 127.0.0.1:{{lines}}
              http: true
              mappings: [ { match: "cpu.idle", name: cpu_idle_ratio, scale: .01, help: Idle time. } ]
            """)]);
        await adapter.WaitReadyAsync();
        using var client = new HttpClient { BaseAddress = adapter.AdminUrl, Timeout = TimeSpan.FromSeconds(60) };

        using (var udp = new UdpClient("127.0.0.1", lines))
        {
            await udp.SendAsync(Encoding.UTF8.GetBytes("over_udp value=1\n"));
        }

        using (var tcp = new TcpClient())
        {
            await tcp.ConnectAsync("127.0.0.1", lines);
            await tcp.GetStream().WriteAsync(Encoding.UTF8.GetBytes("over_tcp value=2\n"));
        }

        using var plain = await client.PostAsync(new Uri("write?db=x", UriKind.Relative), new StringContent("cpu,host=a idle=25\n"));
        using var zipped = await client.PostAsync(new Uri("api/v2/write?bucket=x", UriKind.Relative), Zipped("zipped value=4"));
        using var large = await client.PostAsync(new Uri("write", UriKind.Relative), Zipped(new string('x', 5_000_000)));
        var broken = new StringContent("no gzip");
        broken.Headers.ContentEncoding.Add("gzip");
        using var refused = await client.PostAsync(new Uri("write", UriKind.Relative), broken);

        Assert.Equal(HttpStatusCode.NoContent, plain.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, zipped.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await Eventually.True(async () => await adapter.MetricsAsync() is var page && page.Find("over_udp") == 1 && page.Find("over_tcp") == 2, TimeSpan.FromSeconds(60));
        var text = (await adapter.GetAsync("metrics")).Body;
        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        var last = MetricsText.Parse(text);
        Assert.Equal(.25, last.Value("cpu_idle_ratio", ("host", "a")));
        Assert.Equal(4, last.Value("zipped"));
        Assert.Equal(4, last.Value("sidecars_adapter_samples_total", ("input", "influxdb")));
        Assert.Equal(0, await adapter.TerminateAsync());
    }

    [Fact]
    public async Task Post_NotAskedFor_NotFound()
    {
        using var folder = new TempFolder();
        var port = FreePort.Next();
        await using var adapter = SidecarProcess.Start("adapter", port, ["--config", folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            influxdb: { udp: "127.0.0.1:{{FreePort.Next()}}" }
            """)]);
        await adapter.WaitReadyAsync();
        using var client = new HttpClient { BaseAddress = adapter.AdminUrl, Timeout = TimeSpan.FromSeconds(60) };

        using var answer = await client.PostAsync(new Uri("write", UriKind.Relative), new StringContent("a value=1\n"));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static (InfluxReader Reader, MetricsText Page) Read(string text)
    {
        var options = JsonSerializer.Deserialize("""{ "influxdb": {} }""", AdapterOptionsContext.Default.AdapterOptions)!;
        var store = new PushStore(options.Limits, new FakeTimeProvider());
        var reader = new InfluxReader(new SampleRouter(store, new NameMapper(options.Influxdb!), InfluxReader.Tags, 1000));
        reader.Read(Encoding.UTF8.GetBytes(text));
        using var buffer = new ExpositionBuffer();
        store.Write(buffer, MetricsFormat.Text, withCreated: false);
        return (reader, MetricsText.Parse(Encoding.UTF8.GetString(buffer.Written)));
    }

    private static ByteArrayContent Zipped(string text)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        var content = new ByteArrayContent(zipped.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}
