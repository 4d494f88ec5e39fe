using Google.Protobuf;
using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Otlp;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Tests.Protos.Otlp;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Parsing;
using Sidecars.Testing;
using Record = Sidecars.Collector.Records.LogRecord;

namespace Sidecars.Collector.Tests.Outputs.Otlp;

public sealed class OtlpOutputTests : IAsyncLifetime
{
    private static readonly ulong Nanos = (ulong)new DateTimeOffset(TestRecords.Time).ToUnixTimeSeconds() * 1_000_000_000;

    private readonly TestRecords _records = new();
    private HttpReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await HttpReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _records.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task WriteAsync_Records_AreLogRecordsOfTheDataModel()
    {
        var record = _records.Create("GET /", ("method", "GET"));
        record.HasOwnTime = true;
        record.Time = TestRecords.Time.AddTicks(-1);
        record.Severity = Collector.Records.Severity.Error;
        record.Fields.Add(FieldName.Of("status"), "-200"u8.ToArray(), FieldKind.Number);
        record.Fields.Add(FieldName.Of("took"), "0.25"u8.ToArray(), FieldKind.Number);
        record.Fields.Add(FieldName.Of("cached"), "true"u8.ToArray(), FieldKind.Boolean);
        record.Fields.Add(FieldName.Of("nothing"), "null"u8.ToArray(), FieldKind.Null);
        record.Fields.Add(FieldName.Of("tree"), """{"a":[1,"ü",{}],"b":null}"""u8.ToArray(), FieldKind.Json);
        var (delivery, request) = await SendAsync(record, _records.Create([(byte)'x', 0xff, (byte)'y']));
        Assert.True(delivery.IsAcknowledged);
        var logs = Assert.Single(request.ResourceLogs);
        var scope = Assert.Single(logs.ScopeLogs);
        Assert.Equal("sidecars/collector", scope.Scope.Name);
        Assert.Equal(2, scope.LogRecords.Count);
        var first = scope.LogRecords[0];
        Assert.Equal((Nanos - 100, Nanos, SeverityNumber.Error, "error", "GET /"), (first.TimeUnixNano, first.ObservedTimeUnixNano, first.SeverityNumber, first.SeverityText, first.Body.StringValue));
        var attributes = first.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        Assert.Equal(("GET", -200L, 0.25, true), (attributes["method"].StringValue, attributes["status"].IntValue, attributes["took"].DoubleValue, attributes["cached"].BoolValue));
        Assert.Equal(AnyValue.ValueOneofCase.None, attributes["nothing"].ValueCase);
        Assert.Equal("""{ "values": [ { "key": "a", "value": { "arrayValue": { "values": [ { "intValue": "1" }, { "stringValue": "ü" }, { "kvlistValue": { } } ] } } }, { "key": "b", "value": { } } ] }""", attributes["tree"].KvlistValue.ToString());
        Assert.Equal((_records.Path, "a.log"), (attributes["log.file.path"].StringValue, attributes["log.file.name"].StringValue));
        Assert.Equal((0UL, "x\ufffdy"), (scope.LogRecords[1].TimeUnixNano, scope.LogRecords[1].Body.StringValue));
        Assert.NotEqual(attributes["log.record.uid"].StringValue, scope.LogRecords[1].Attributes.Single(attribute => attribute.Key == "log.record.uid").Value.StringValue);
        Assert.Equal(request.ToByteArray().Length, _receiver.Requests[0].Body.Length);
    }

    [Fact]
    public async Task WriteAsync_LargeBatch_HasEveryRecord()
    {
        var records = Enumerable.Range(0, 3000).Select(i => _records.Create($"line {i} {new string('x', i % 300)}")).ToArray();
        var (_, request) = await SendAsync(records);
        Assert.Equal(records.Select(record => System.Text.Encoding.UTF8.GetString(record.Body)), request.ResourceLogs[0].ScopeLogs[0].LogRecords.Select(record => record.Body.StringValue));
    }

    [Fact]
    public async Task WriteAsync_Environment_GivesWhatIsLeftOut()
    {
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Url.ToString(),
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "api-key=a%20b, x-other = general",
            ["OTEL_EXPORTER_OTLP_LOGS_HEADERS"] = "X-Other=logs",
            ["OTEL_EXPORTER_OTLP_COMPRESSION"] = "gzip",
            ["OTEL_RESOURCE_ATTRIBUTES"] = "service.name=overridden,deployment.environment.name=prod%2Ceu,k8s.pod.name=told",
            ["OTEL_SERVICE_NAME"] = "shop",
            ["POD_NAME"] = "shop-1",
            ["POD_NAMESPACE"] = "shops",
        };
        var (_, request) = await SendAsync(new OtlpOutputOptions { Resource = { ["team"] = "blue" } }, environment, null, _records.Create("x"));
        var received = _receiver.Requests[0];
        Assert.Equal(("/v1/logs", "a b", "logs", "gzip"), (received.Path, received.Headers["api-key"], received.Headers["x-other"], received.Headers["Content-Encoding"]));
        Assert.Equal(
            ["deployment.environment.name=prod,eu", "k8s.namespace.name=shops", "k8s.pod.name=told", "service.name=shop", "team=blue"],
            request.ResourceLogs[0].Resource.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Environment_Mistakes_AreAllFound()
    {
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "10s",
            ["OTEL_EXPORTER_OTLP_LOGS_COMPRESSION"] = "brotli",
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "nonsense",
        };
        OtlpEnvironment.Apply(new OtlpOutputOptions(), environment.GetValueOrDefault, out var mistakes);
        Assert.Equal(4, mistakes.Count);
        Assert.Equal("http://localhost:4318/v1/logs", OtlpEnvironment.Apply(new OtlpOutputOptions(), _ => null, out _).Url);
        Assert.Equal("http://a:1/v1/logs", OtlpEnvironment.Apply(new OtlpOutputOptions { Url = "http://a:1" }, environment.GetValueOrDefault, out _).Url);
    }

    [Fact]
    public async Task WriteAsync_PartialSuccess_IsDeliveredCountedAndNotRetried()
    {
        var registry = Metrics.NewCustomRegistry();
        var response = new ExportLogsServiceResponse { PartialSuccess = new() { RejectedLogRecords = 300, ErrorMessage = "too old" } };
        _receiver.Answer = _ => new(200) { Body = response.ToByteArray() };
        var (delivery, _) = await SendAsync(new OtlpOutputOptions { Url = _receiver.Url.ToString() }, [], new CollectorMetrics(Metrics.WithCustomRegistry(registry)), _records.Create("x"));
        Assert.True(delivery.IsAcknowledged);
        using var page = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(page);
        Assert.Equal(300, MetricsText.Parse(System.Text.Encoding.UTF8.GetString(page.ToArray())).Value("sidecars_collector_left_out_records_total", ("output", "out")));
    }

    [Fact]
    public void Reply_AnythingElse_IsNoPartialSuccess()
    {
        Assert.Equal(default, OtlpReply.Read("{}"u8));
        Assert.Equal(default, OtlpReply.Read([0x0a, 0xff]));
        Assert.Equal(new OtlpReply(0, "hint"), OtlpReply.Read(new ExportLogsServiceResponse { PartialSuccess = new() { ErrorMessage = "hint" } }.ToByteArray()));
    }

    private Task<(Delivery Delivery, ExportLogsServiceRequest Request)> SendAsync(params Record[] records) =>
        SendAsync(new OtlpOutputOptions { Url = _receiver.Url.ToString() }, [], null, records);

    private async Task<(Delivery Delivery, ExportLogsServiceRequest Request)> SendAsync(OtlpOutputOptions options, Dictionary<string, string> environment, CollectorMetrics? metrics, params Record[] records)
    {
        var (output, format) = OtlpOutput.Create("otlp", options, TestOutputs.Context(environment: environment, metrics: metrics));
        using (output)
        {
            using (format)
            {
                var delivery = await output.WriteAsync(TestOutputs.Batch(format!, records), default);
                return (delivery, ExportLogsServiceRequest.Parser.ParseFrom(Assert.Single(_receiver.Requests).Body));
            }
        }
    }
}
