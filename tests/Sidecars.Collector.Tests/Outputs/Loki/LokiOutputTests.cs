using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Loki;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Tests.Records;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Loki;

public sealed class LokiOutputTests : IDisposable
{
    private static readonly long Second = new DateTimeOffset(TestRecords.Time).ToUnixTimeSeconds() * 1_000_000_000;

    private readonly TestRecords _records = new();

    public void Dispose() => _records.Dispose();

    [Theory]
    [InlineData(nameof(LokiProtocol.Protobuf))]
    [InlineData(nameof(LokiProtocol.Json))]
    public async Task WriteAsync_Records_ArriveInStreamsByTime(string protocol)
    {
        var options = new LokiOutputOptions
        {
            Protocol = Enum.Parse<LokiProtocol>(protocol),
            Tenant = "shop",
            Labels = new() { ["job"] = "nginx" },
            LabelFields = ["http.method", "severity"],
            StructuredMetadata = true,
        };
        var late = Record("late", 10, ("http.method", "GET"), ("user id", "7"));
        late.Time = TestRecords.Time.AddMilliseconds(-5);
        var graver = Record("graver", 40, ("http.method", "POST"));
        graver.Severity = Severity.Error;
        var sent = await SendAsync(options, _ => new(204), Record("first \u0001 ü", 0, ("http.method", "GET")), late, Record("same", 20), Record("same", 30), graver);
        Assert.True(sent.Delivery.IsAcknowledged);
        Assert.Equal(("/loki/api/v1/push", "shop"), (sent.Request.Path, sent.Request.Headers["X-Scope-OrgID"]));
        var streams = LokiPush.Read(sent.Request);
        Assert.Equal(
            ["{http_method=\"GET\", job=\"nginx\"}", "{job=\"nginx\"}", "{http_method=\"POST\", job=\"nginx\", severity=\"error\"}"],
            streams.Select(stream => stream.Labels));
        Assert.Equal([new(Second - 5_000_000 + 10, "late", "user_id=7"), new(Second, "first \u0001 ü", "")], streams[0].Entries);
        Assert.Equal([new(Second + 20, "same", ""), new(Second + 30, "same", "")], streams[1].Entries);
    }

    [Fact]
    public void TimeOf_ResolutionOfTheStream_TakesNanosecondsFromThePlace()
    {
        var stream = new LokiStream("{}", []);
        Assert.Equal(Second + 5_000_000, stream.TimeOf(Record("a", 5_000_000)));
        Assert.Equal(Second + 250_000_000 + 7, stream.TimeOf(Record("b", 7, at: TimeSpan.FromMilliseconds(250))));

        // milliseconds were seen: a whole second is one by chance
        Assert.Equal(Second + 1, stream.TimeOf(Record("c", 5_000_001)));
        Assert.Equal(Second + 250_001_000 + 999, stream.TimeOf(Record("d", 1999, at: TimeSpan.FromMicroseconds(250_001))));
        var read = Record("e", 123_456, at: TimeSpan.FromMilliseconds(250));
        read.HasOwnTime = false;
        Assert.Equal(Second + 200_123_456, stream.TimeOf(read));
    }

    [Fact]
    public async Task WriteAsync_TooManyStreams_OverflowsAndCounts()
    {
        var registry = Metrics.NewCustomRegistry();
        var options = new LokiOutputOptions { LabelFields = ["n"], MaxStreams = 2 };
        var records = Enumerable.Range(0, 5).Select(i => Record($"{i}", i, ("n", $"{i % 4}"))).ToArray();
        var sent = await SendAsync(options, _ => new(204), new CollectorMetrics(Metrics.WithCustomRegistry(registry)), records);
        Assert.Equal(
            ["{job=\"collector\", n=\"0\"}", "{job=\"collector\", n=\"1\"}", "{job=\"collector\", n=\"overflow\"}"],
            LokiPush.Read(sent.Request).Select(stream => stream.Labels));
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page);
        Assert.Equal(2, MetricsText.Parse(System.Text.Encoding.UTF8.GetString(page.ToArray())).Value("sidecars_collector_label_overflow_records_total", ("output", "out")));
    }

    [Fact]
    public async Task WriteAsync_EntriesTooFarBehind_RefusesExactlyThem()
    {
        var records = new[] { Record("new", 0), Record("old", 10, at: TimeSpan.FromHours(-2)), Record("new too", 20), Record("older", 30, at: TimeSpan.FromHours(-3)) };
        const string answer = """
            entry with timestamp 2026-11-24 01:05:00.00000001 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-11-24T01:05:00Z, oldest acceptable timestamp is: 2026-11-24T02:05:00Z',
            user 'fake', total ignored: 2 out of 4 for stream: {job="collector"}
            """;
        var delivery = (await SendAsync(new(), _ => new(400, answer), records)).Delivery;
        Assert.Equal(("too_old", true), (delivery.Failure, delivery.IsCertain));
        Assert.Equal([(1, true), (3, true)], delivery.Records!.Select(verdict => (verdict.Index, verdict.IsRefused)));
    }

    [Fact]
    public async Task WriteAsync_EntriesTooOldForTheLimits_RefusesExactlyThem()
    {
        var records = new[] { Record("old", 0, at: TimeSpan.FromDays(-9)), Record("new", 10), Record("old too", 20, at: TimeSpan.FromDays(-8)) };
        const string answer = """2 errors like: entry for stream '{job="collector"}' has timestamp too old: 2026-11-15T03:05:00Z, oldest acceptable timestamp is: 2026-11-17T03:05:00Z""";
        var delivery = (await SendAsync(new(), _ => new(400, answer), records)).Delivery;
        Assert.Equal([0, 2], delivery.Records!.Select(verdict => verdict.Index));
    }

    [Theory]
    [InlineData(400, "error parsing labels", true)]
    [InlineData(400, "user 'fake', total ignored: 2 out of 2 for stream: {job=\"collector\"}", true)]
    [InlineData(429, "ingestion rate limit exceeded", false)]
    [InlineData(500, "", false)]
    public async Task WriteAsync_NotToldWhich_IsAboutTheWhole(int status, string answer, bool isRefused)
    {
        var delivery = (await SendAsync(new(), _ => new(status, answer), Record("a", 0), Record("b", 2))).Delivery;
        Assert.Null(delivery.Records);
        Assert.Equal((false, isRefused), (delivery.IsAcknowledged, delivery.IsRefused));
    }

    [Fact]
    public async Task WriteAsync_JsonLines_AndLabelsWithQuotes_AreEscaped()
    {
        var options = new LokiOutputOptions { Encoding = LineEncoding.Json, Labels = new() { ["job"] = "a \"b\" \\ \n" } };
        var stream = Assert.Single(LokiPush.Read((await SendAsync(options, _ => new(204), Record("x", 0))).Request));
        Assert.Equal("{job=\"a \\\"b\\\" \\\\ \\n\"}", stream.Labels);
        Assert.Equal($"{{\"time\":\"2026-11-24T03:05:00Z\",\"file\":\"{_records.Path}\",\"line\":\"x\"}}", stream.Entries[0].Line);
    }

    private LogRecord Record(string body, long offset, params (string Name, string Value)[] fields)
    {
        var record = _records.Create(body, fields);
        record.HasOwnTime = true;
        record.Offset = offset;
        return record;
    }

    private LogRecord Record(string body, long offset, TimeSpan at)
    {
        var record = Record(body, offset);
        record.Time = TestRecords.Time + at;
        return record;
    }

    private static Task<(Delivery Delivery, ReceivedRequest Request)> SendAsync(LokiOutputOptions options, Func<ReceivedRequest, ReceiverAnswer> answer, params LogRecord[] records) =>
        SendAsync(options, answer, new CollectorMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())), records);

    private static async Task<(Delivery Delivery, ReceivedRequest Request)> SendAsync(LokiOutputOptions options, Func<ReceivedRequest, ReceiverAnswer> answer, CollectorMetrics metrics, LogRecord[] records)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = answer;
        options.Url = receiver.Url.ToString();
        var (output, format) = LokiOutput.Create("loki", options, TestOutputs.Context(metrics: metrics));
        using (output)
        {
            using (format)
            {
                return (await output.WriteAsync(TestOutputs.Batch(format!, records), default), Assert.Single(receiver.Requests));
            }
        }
    }
}
