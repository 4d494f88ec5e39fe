using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Elasticsearch;
using Sidecars.Collector.Records;
using Sidecars.Collector.Tests.Records;

namespace Sidecars.Collector.Tests.Outputs.Elasticsearch;

public sealed class ElasticsearchOutputTests : IAsyncDisposable
{
    private readonly TestRecords _records = new();
    private HttpReceiver? _receiver;

    public async ValueTask DisposeAsync()
    {
        _records.Dispose();
        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }
    }

    [Fact]
    public async Task WriteAsync_Records_AreCreatedInTheirOrderWithIdAndDay()
    {
        var first = _records.Create("GET / 200", ("status", "200"), ("time", "kept"));
        var second = _records.Create("not parsed \"x\" \u0001");
        second.Offset = 10;
        second.Time = TestRecords.Time.AddDays(1).AddTicks(1);
        var sent = await SendAsync(new ElasticsearchOutputOptions { Pipeline = "a b" }, """{"errors":false}""", first, second);
        Assert.True(sent.Delivery.IsAcknowledged);
        Assert.Equal(("POST", "/_bulk", "application/x-ndjson"), (sent.Request.Method, sent.Request.Path, sent.Request.Headers["Content-Type"]));
        Assert.Equal("?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason&pipeline=a%20b", sent.Request.Query);
        var documents = BulkRequest.Read(sent.Request.Text);
        Assert.Equal(["logs-2026.11.24", "logs-2026.11.25"], documents.Select(document => document.Index));
        Assert.Equal(["2026-11-24T03:05:00Z", "2026-11-25T03:05:00.0000001Z"], documents.Select(document => document.Source.GetProperty("@timestamp").GetString()));
        Assert.Equal(("200", "kept", "not parsed \"x\" \u0001"), (documents[0].Source.GetProperty("status").GetString(), documents[0].Source.GetProperty("time").GetString(), documents[1].Source.GetProperty("line").GetString()));
    }

    [Fact]
    public async Task WriteAsync_DataStream_IsCreatedIn()
    {
        var sent = await SendAsync(new ElasticsearchOutputOptions { DataStream = "logs-nginx-default" }, """{"errors":false}""", _records.Create("x"));
        Assert.Equal("logs-nginx-default", Assert.Single(BulkRequest.Read(sent.Request.Text)).Index);
    }

    [Fact]
    public async Task WriteAsync_SomeItemsFail_EachHasItsVerdict()
    {
        const string answer = """
            {"took":3,"errors":true,"items":[
              {"create":{"_index":"i","status":201}},
              {"create":{"status":400,"error":{"type":"document_parsing_exception","reason":"failed to parse field [n]"}}},
              {"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"document already exists"}}},
              {"create":{"status":429,"error":{"type":"es_rejected_execution_exception","reason":"queue is full"}}},
              {"create":{"status":403,"error":{"type":"cluster_block_exception","reason":"disk usage exceeded flood-stage watermark"}}},
              {"create":{"status":503,"error":"unavailable"}}]}
            """;
        var sent = await SendAsync(new ElasticsearchOutputOptions(), answer, [.. Enumerable.Range(0, 6).Select(i => _records.Create($"{i}"))]);
        Assert.Equal("refused", sent.Delivery.Failure);
        Assert.Equal(
            [
                new RecordVerdict(1, true, "400 document_parsing_exception: failed to parse field [n]"),
                new RecordVerdict(3, false, "429 es_rejected_execution_exception: queue is full"),
                new RecordVerdict(4, false, "403 cluster_block_exception: disk usage exceeded flood-stage watermark"),
                new RecordVerdict(5, false, "503 unavailable"),
            ],
            sent.Delivery.Records);
    }

    [Fact]
    public async Task WriteAsync_AllAreThereAlready_IsAcknowledged()
    {
        var sent = await SendAsync(new ElasticsearchOutputOptions(), """{"errors":true,"items":[{"create":{"status":409}}]}""", _records.Create("x"));
        Assert.True(sent.Delivery.IsAcknowledged);
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"errors":true,"items":[]}""")]
    public async Task WriteAsync_NoAnswerOfABulkInterface_IsNotTakenForAnAcknowledgement(string answer)
    {
        var sent = await SendAsync(new ElasticsearchOutputOptions(), answer, _records.Create("x"));
        Assert.Equal(("reply", false), (sent.Delivery.Failure, sent.Delivery.IsRefused));
    }

    [Fact]
    public void Id_SameRecord_IsTheSameAndAnyOtherDiffers()
    {
        var record = _records.Create("x");
        record.Offset = 77;
        var id = Id(record);
        Assert.Equal(id, Id(record));
        Assert.Equal("-0-4d-", id[16..22]);
        record.Offset = 78;
        var atOtherOffset = Id(record);
        record.Body = "y"u8.ToArray();
        var otherText = Id(record);
        var otherPod = Id(record, "another");
        Assert.Equal(4, new HashSet<string> { id, atOtherOffset, otherText, otherPod }.Count);
        record.Offset = long.MaxValue;
        Assert.InRange(Id(record).Length, 1, RecordId.MostLength);
    }

    [Theory]
    [InlineData("logs", "logs")]
    [InlineData("logs-{yyyy.MM.dd}-x", "logs-2026.11.24-x")]
    [InlineData("{yyyy-MM}", "2026-11")]
    public void IndexName_ForATime_HasItsDay(string text, string expected) => Assert.Equal(expected, IndexName.Parse(text).For(TestRecords.Time));

    [Theory]
    [InlineData("logs-{}")]
    [InlineData("logs-{day}")]
    [InlineData("logs-{yyyy")]
    [InlineData("{yyyy}{MM}")]
    public void IndexName_OtherBraces_AreAMistake(string text) => Assert.False(IndexName.TryParse(text, out _));

    private static string Id(LogRecord record, string pod = "pod")
    {
        var id = new byte[RecordId.MostLength];
        return System.Text.Encoding.ASCII.GetString(id, 0, new RecordId(pod).Write(record, id));
    }

    private async Task<(Delivery Delivery, ReceivedRequest Request)> SendAsync(ElasticsearchOutputOptions options, string answer, params LogRecord[] records)
    {
        _receiver = await HttpReceiver.StartAsync();
        _receiver.Answer = _ => new(200, answer);
        options.Url = _receiver.Url.ToString();
        var (output, format) = ElasticsearchOutput.Create("es", options, TestOutputs.Context());
        using (output)
        {
            using (format)
            {
                var delivery = await output.WriteAsync(TestOutputs.Batch(format!, records), default);
                return (delivery, Assert.Single(_receiver.Requests));
            }
        }
    }
}
