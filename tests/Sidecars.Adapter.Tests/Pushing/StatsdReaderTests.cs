using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Pushing;
using Sidecars.Common.Metrics;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Pushing;

/// <summary>From what is pushed to the page.</summary>
public class StatsdReaderTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    [Fact]
    public void Read_CountersGaugesSets_ValuesAreRight()
    {
        var (reader, store) = Statsd("{}");

        Send(reader, "hits:1|c\nhits:2|c|@0.5\nhits:1:2:3|c|#a:b\r\n", "temp:20|g", "temp:+5|g", "temp:-3|g", "users:ann|s\nusers:bob|s\nusers:ann|s", "old:1|c:2|c|@0.1:7|g");

        var page = Page(store);
        Assert.Equal(5, page.Value("hits"));
        Assert.Equal(6, page.Value("hits", ("a", "b")));
        Assert.Equal(22, page.Value("temp"));
        Assert.Equal(2, page.Value("users"));
        Assert.Equal(21, page.Value("old"));
        Assert.Equal("counter", page.Types["hits"]);
        Assert.Equal(1, reader.DroppedBy(DropReason.Conflict)); // old is a counter already
        Assert.Equal(13, reader.Samples);
    }

    [Fact]
    public void Read_Timers_SummaryOrHistogram()
    {
        var (reader, store) = Statsd("""
            { "mappings": [ { "match": "h.*", "name": "took_seconds", "labels": { "what": "$1" }, "observer_type": "histogram", "buckets": [0.1, 1] },
                            { "match": "d.*", "name": "size", "scale": 2, "quantiles": [ { "quantile": 0.5, "error": 0.05 } ] } ] }
            """);

        Send(reader, "h.a:50|ms\nh.a:500|ms|@0.1", "h.a:0.05|h");
        for (var i = 1; i <= 100; i++)
        {
            Send(reader, $"d.x:{i}|d");
        }

        var page = Page(store);
        Assert.Equal(2, page.Value("took_seconds_bucket", ("what", "a"), ("le", "0.1")));
        Assert.Equal(12, page.Value("took_seconds_count", ("what", "a")));
        Assert.Equal(5.1, page.Value("took_seconds_sum", ("what", "a")), 9);
        Assert.InRange(page.Value("size", ("quantile", "0.5")), 97, 103);
        Assert.Equal(100, page.Value("size_count"));
        Assert.Equal(10100, page.Value("size_sum"));
        _time.Advance(TimeSpan.FromMinutes(21));
        Assert.Equal(double.NaN, Page(store).Value("size", ("quantile", "0.5")));
    }

    [Fact]
    public void Mappings_AsStatsdExporterHasThem()
    {
        const string Mappings = """
            { "defaults": { "match_type": "glob" }, "mappings": [
              { "match": ".*", "match_type": "regex", "name": "rest_total" },
              { "match": "test.dispatcher.*.*.*", "name": "dispatcher_events_total", "labels": { "processor": "$1", "action": "$2", "job": "${3}_job" } },
              { "match": "test.*.*.counter", "name": "${2}_total", "labels": { "provider": "$1" } },
              { "match": "gone.*", "action": "drop", "name": "x" },
              { "match": "same.x", "name": "same_gauge", "match_metric_type": "gauge" } ] }
            """;
        var (reader, store) = Statsd(Mappings);

        Send(reader, "test.dispatcher.Foo.send.ok:1|c", "test.a.b.counter:2|c|#provider:mine,x-y:z,broken", "gone.x:1|c", "same.x:4|g", "same.x:5|c");

        var page = Page(store);
        Assert.Equal(1, page.Value("dispatcher_events_total", ("processor", "Foo"), ("action", "send"), ("job", "ok_job")));
        Assert.Equal(2, page.Value("b_total", ("provider", "a"), ("x_y", "z")));
        Assert.Equal(4, page.Value("same_gauge"));
        Assert.Equal(5, page.Value("rest_total"));
        Assert.Equal(1, reader.DroppedBy(DropReason.Mapping));
    }

    [Theory]
    [InlineData(false, "first")]
    [InlineData(true, "second")]
    public void GlobDisableOrdering_LiteralsGoFirst(bool disabled, string name)
    {
        var (reader, store) = Statsd($$"""{ "defaults": { "glob_disable_ordering": {{(disabled ? "true" : "false")}} }, "mappings": [ { "match": "a.*", "name": "first" }, { "match": "a.b", "name": "second" } ] }""");

        Send(reader, "a.b:1|g");

        Assert.Equal(1, Page(store).Value(name));
    }

    [Fact]
    public void Ttl_SeriesWithoutSamples_GoAndComeAnew()
    {
        var (reader, store) = Statsd("""{ "defaults": { "ttl": "1m" } }""");
        Send(reader, "a:5|c", "b:1|g");
        _time.Advance(TimeSpan.FromSeconds(50));
        Send(reader, "a:1|c");
        _time.Advance(TimeSpan.FromSeconds(50));

        var page = Page(store);
        Assert.Equal(6, page.Value("a"));
        Assert.Null(page.Find("b"));
        Send(reader, "b:2|c"); // the name is free for another type, too
        Assert.Equal(2, Page(store).Value("b"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(":1|c")]
    [InlineData("x:|c")]
    [InlineData("x:1")]
    [InlineData("x:1|")]
    [InlineData("x:1|q")]
    [InlineData("x:1|c|@0")]
    [InlineData("x:1|c|@2")]
    [InlineData("x:1|c|@")]
    [InlineData("x:-1|c")]
    [InlineData("x:1e999|g")]
    [InlineData("x:nan|g")]
    [InlineData("x:1x|c")]
    [InlineData("x:||||")]
    public void Read_Malformed_CountedAndNothingElse(string line)
    {
        var (reader, store) = Statsd("{}");

        Send(reader, line + "\ngood:1|c");

        Assert.Equal(line.Length == 0 ? 0 : 1, reader.DroppedBy(DropReason.Malformed));
        Assert.Equal(1, Page(store).Value("good"));
    }

    [Fact]
    public void Read_EventsAndServiceChecks_AreToldApart()
    {
        var (reader, _) = Statsd("{}");

        Send(reader, "_e{5,4}:title|text", "_sc|name|0");

        Assert.Equal(2, reader.DroppedBy(DropReason.Event));
    }

    [Fact]
    public async Task Read_Garbage_PageStaysRightInBothFormats()
    {
        var (reader, store) = Statsd("""{ "defaults": { "observer_type": "histogram" } }""", """{ "series": 500, "per_metric": 50 }""");
        var random = new Random(11);
        string[] types = ["c", "g", "s", "ms", "h", "d"];
        byte[] alphabet = [.. "ab:|@#,.\n\\\"{}= 1-"u8, 0, 0xff, 0xc3];
        for (var i = 0; i < 20_000; i++)
        {
            var packet = new byte[random.Next(1, 60)];
            for (var at = 0; at < packet.Length; at++)
            {
                packet[at] = alphabet[random.Next(alphabet.Length)];
            }

            reader.Read([.. packet, (byte)'\n', .. Encoding.UTF8.GetBytes($"m{random.Next(2000)}:{random.Next()}|{types[random.Next(6)]}|#le:{i},quantile:\"\n,__n:x,t:{random.Next()}")]);
        }

        var page = Page(store);
        Assert.True(page.Samples.Select(sample => sample.Name).Distinct().Count() > 10);
        Assert.True(reader.DroppedBy(DropReason.Malformed) > 0);
        Assert.True(reader.DroppedBy(DropReason.Limit) > 0);
        await OpenMetricsParser.ParseAsync(Text(store, MetricsFormat.OpenMetrics) + "# EOF\n");
    }

    [Fact]
    public void Read_ManyLabels_OverflowSeriesKeepsTheSum()
    {
        var (reader, store) = Statsd("{}", """{ "per_metric": 10 }""");

        for (var i = 0; i < 1000; i++)
        {
            Send(reader, $"x:1|c|#id:{i}");
        }

        var page = Page(store);
        Assert.Equal(1000, page.Sum("x"));
        Assert.Equal(990, page.Value("x", ("overflow", "other")));
    }

    [Fact]
    public void Read_NamesThatRulesMake_AreConflicts()
    {
        var (reader, store) = Statsd("{}");
        var own = new MetricNames();
        own.TryTake("app_seconds", MetricKind.Histogram);
        store.Own = own;

        Send(reader, "app_seconds:1|g", "app_seconds.count:1|g", "sidecars_x:1|c", "process_cpu:1|g");

        Assert.Equal(4, reader.DroppedBy(DropReason.Conflict));
        Assert.Empty(Page(store).Samples);
    }

    [Fact]
    public void Read_Again_AllocatesNothing()
    {
        var (reader, _) = Statsd("""{ "mappings": [ { "match": "a.*", "name": "a", "labels": { "x": "$1" } } ] }""");
        var packet = "a.b:1|c|@0.5|#k:v,l:w\nt:12.5|ms|#k:v\ng:+3|g"u8.ToArray();
        reader.Read(packet);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                reader.Read(packet);
            }
        }));
    }

    [Fact]
    public void Graphite_Lines_GaugesWithLabels()
    {
        var options = JsonSerializer.Deserialize("""{ "graphite": { "mappings": [ { "match": "servers.*.load", "name": "server_load", "labels": { "server": "$1" } } ] } }""", AdapterOptionsContext.Default.AdapterOptions)!;
        var store = new PushStore(options.Limits, _time);
        var reader = new GraphiteReader(new SampleRouter(store, new NameMapper(options.Graphite!), GraphiteReader.Tags, 1000));

        Send(reader, "servers.web.load 1.5 1700000000\nservers.web.load 2.5 1700000010\ndisk.used;host=a;disk=b 7 1700000000", "bad\nbad 1\nbad x 1\n;a=b 1 1\nbad 1 x\n nan nan 1");

        var page = Page(store);
        Assert.Equal(2.5, page.Value("server_load", ("server", "web")));
        Assert.Equal(7, page.Value("disk_used", ("host", "a"), ("disk", "b")));
        Assert.Equal(6, reader.DroppedBy(DropReason.Malformed));
    }

    [Fact]
    public void DistinctCount_ManyValues_EstimateIsNear()
    {
        var distinct = new DistinctCount();
        for (var i = 0; i < 100_000; i++)
        {
            distinct.Add(Encoding.ASCII.GetBytes($"user-{i % 50_000}"));
        }

        Assert.InRange(distinct.Estimate(), 46_000, 54_000);
    }

    private static void Send(SampleReader reader, params string[] packets)
    {
        foreach (var packet in packets)
        {
            reader.Read(Encoding.UTF8.GetBytes(packet));
        }
    }

    private static string Text(PushStore store, MetricsFormat format)
    {
        using var buffer = new ExpositionBuffer();
        store.Write(buffer, format, withCreated: true);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static MetricsText Page(PushStore store) => MetricsText.Parse(Text(store, MetricsFormat.Text));

    private (StatsdReader Reader, PushStore Store) Statsd(string statsd, string limits = "{}")
    {
        var options = JsonSerializer.Deserialize($$"""{ "statsd": {{statsd}}, "limits": {{limits}} }""", AdapterOptionsContext.Default.AdapterOptions)!;
        var store = new PushStore(options.Limits, _time);
        return (new StatsdReader(new SampleRouter(store, new NameMapper(options.Statsd!), StatsdReader.Tags, 1000)), store);
    }
}
