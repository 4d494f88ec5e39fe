using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecars.Ambassador.Tests.Http;
using Sidecars.Ambassador.Tests.Tracing.Otlp;

namespace Sidecars.Ambassador.Tests.Tracing;

public sealed class TracingTests : IAsyncDisposable
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "b7ad6b7169203331";
    private const string Service = "services: [ { name: api, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:PORT'] } } ]";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private Origin? _origin;
    private SpanReceiver? _receiver;
    private Ambassador? _ambassador;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        foreach (var part in new IAsyncDisposable?[] { _ambassador, _receiver, _origin })
        {
            await (part?.DisposeAsync() ?? default);
        }
    }

    [Fact]
    public async Task Request_IsASpan_WithItsTryBelow_OfWhichTheUpstreamIsTold()
    {
        await StartAsync(new() { ["OTEL_SERVICE_NAME"] = "shop-out", ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test", ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-tenant=blue" });

        var seen = await GetAsync("/items?token=secret", $"00-{TraceId}-{ParentId}-01", "vendor=1");

        var spans = await _receiver!.WaitAsync(2);
        var request = Assert.Single(spans, s => s.Name == "GET api");
        var attempt = Assert.Single(spans, s => s.Name == "GET");
        Assert.Equal((TraceId, ParentId, "vendor=1"), (SpanText.Hex(request.TraceId), SpanText.Hex(request.ParentSpanId), request.TraceState));
        Assert.Equal((request.TraceId, request.SpanId), (attempt.TraceId, attempt.ParentSpanId));
        Assert.Contains($"traceparent: 00-{TraceId}-{SpanText.Hex(attempt.SpanId)}-01\n", seen, StringComparison.Ordinal);
        Assert.Contains("tracestate: vendor=1\n", seen, StringComparison.Ordinal);
        Assert.Equal([SpanKind.Client, SpanKind.Client], [request.Kind, attempt.Kind]);
        Assert.InRange(attempt.EndTimeUnixNano, attempt.StartTimeUnixNano, request.EndTimeUnixNano);
        Assert.Equal(
            $"http.request.method=GET, http.response.status_code=200, server.address=127.0.0.1, server.port={_ambassador!.Port(1)}, sidecars.route=api, sidecars.service=api, sidecars.tries=1, url.full=http://127.0.0.1:{_ambassador.Port(1)}/items",
            SpanText.Attributes(request));
        Assert.Equal(
            $"http.request.method=GET, http.response.status_code=200, network.protocol.version=1.1, server.address=127.0.0.1, server.port={_origin!.Port}, sidecars.upstream=http://127.0.0.1:{_origin.Port}, url.full=http://127.0.0.1:{_origin.Port}/items",
            SpanText.Attributes(attempt));
        Assert.Equal(("shop-out", "test"), (_receiver.Resource["service.name"], _receiver.Resource["deployment.environment.name"]));
        Assert.Equal("blue", _receiver.Headers.First()["x-tenant"]);
    }

    [Fact]
    public async Task EachTry_IsASpanOfItsOwn()
    {
        await StartAsync([]);

        await GetAsync("/resets-first?id=traced", $"00-{TraceId}-{ParentId}-01", null);

        var spans = await _receiver!.WaitAsync(3);
        var request = Assert.Single(spans, s => s.Name == "GET api");
        var tries = spans.Where(s => s.Name == "GET").OrderBy(s => s.StartTimeUnixNano).ToArray();
        Assert.All(tries, t => Assert.Equal(request.SpanId, t.ParentSpanId));
        Assert.Contains("error.type=upstream_closed", SpanText.Attributes(tries[0]), StringComparison.Ordinal);
        Assert.Equal((StatusCode.Error, StatusCode.Unset), (tries[0].Status.Code, tries[1].Status?.Code ?? StatusCode.Unset));
        Assert.Contains("http.request.resend_count=1", SpanText.Attributes(tries[1]), StringComparison.Ordinal);
        Assert.Contains("sidecars.tries=2", SpanText.Attributes(request), StringComparison.Ordinal);
        Assert.Equal("ambassador", _receiver.Resource["service.name"]);
    }

    [Fact]
    public async Task TriesBesideEachOther_AreSpansOfTheSameRequest()
    {
        await using var other = await Origin.StartAsync();
        var upstreams = string.Create(CultureInfo.InvariantCulture, $"'http://127.0.0.1:PORT', {{ address: 'http://127.0.0.1:{other.Port}', priority: 1 }}");
        await StartAsync([], $"services: [ {{ name: api, listen: '127.0.0.1:$1', http: {{ hedge: {{ after: 5ms }}, upstreams: [ {upstreams} ] }} }} ]");

        var answer = GetAsync("/hold", $"00-{TraceId}-{ParentId}-01", null);
        await _origin!.WaitArrivedAsync();
        await other.WaitArrivedAsync();
        other.Release();
        await answer;

        var spans = await _receiver!.WaitAsync(3);
        var request = Assert.Single(spans, s => s.Name == "GET api");
        var tries = spans.Where(s => s.Name == "GET").OrderBy(s => s.StartTimeUnixNano).ToArray();
        Assert.All(tries, t => Assert.Equal(request.SpanId, t.ParentSpanId));
        Assert.DoesNotContain("http.response.status_code", SpanText.Attributes(tries[0]), StringComparison.Ordinal);
        Assert.Contains("http.request.resend_count=1, http.response.status_code=200", SpanText.Attributes(tries[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_IsToldByItsReason()
    {
        await StartAsync([], "services: [ { name: api, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:$9'], retry: { limit: 0 } } } ]");

        using var answer = await _client.GetAsync(_ambassador!.Url(1));

        var spans = await _receiver!.WaitAsync(2);
        Assert.All(spans, s => Assert.Equal(StatusCode.Error, s.Status.Code));
        Assert.All(spans, s => Assert.Contains("error.type=connect", SpanText.Attributes(s), StringComparison.Ordinal));
        Assert.Contains("http.response.status_code=502", SpanText.Attributes(spans.Single(s => s.Name == "GET api")), StringComparison.Ordinal);
        Assert.Empty(spans.Single(s => s.Name == "GET api").ParentSpanId);
    }

    [Fact]
    public async Task Sampler_DecidesWhatIsRecorded_AndEveryUpstreamIsToldSo()
    {
        await StartAsync(new() { ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio", ["OTEL_TRACES_SAMPLER_ARG"] = "0" });

        var begun = await GetAsync("/", null, null);
        var unsampled = await GetAsync("/", $"00-{TraceId}-{ParentId}-00", null);
        var sampled = await GetAsync("/", $"00-{TraceId}-{ParentId}-01", null);
        await _receiver!.WaitAsync(2);
        var exitCode = await _ambassador!.Process.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.Matches("traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00\n", begun);
        Assert.Matches($"traceparent: 00-{TraceId}-[0-9a-f]{{16}}-00\n", unsampled);
        Assert.Matches($"traceparent: 00-{TraceId}-[0-9a-f]{{16}}-01\n", sampled);
        Assert.Equal(2, _receiver.Spans.Count);
        Assert.Contains("export spans: all were sent", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a traceparent")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    public async Task WrongTraceParent_BeginsATrace(string traceParent)
    {
        await StartAsync([]);

        var seen = await GetAsync("/", traceParent, "vendor=1");

        var request = (await _receiver!.WaitAsync(2)).Single(s => s.Name == "GET api");
        Assert.Empty(request.ParentSpanId);
        Assert.Contains($"traceparent: 00-{SpanText.Hex(request.TraceId)}-", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("vendor=1", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReceiverThatHangs_CostsNoRequest_AndWhatDoesNotFitIsCounted()
    {
        const string Dropped = "sidecars_ambassador_spans_dropped_total";
        await StartAsync(
            new() { ["OTEL_BSP_MAX_QUEUE_SIZE"] = "4", ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"] = "2", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000", ["OTEL_BSP_EXPORT_TIMEOUT"] = "600000" },
            isHeld: true);

        for (var i = 0; i < 20; i++)
        {
            await GetAsync("/", null, null);
        }

        await Eventually.True(async () => await _ambassador!.MetricAsync(Dropped, ("reason", "queue_full")) == 36, TimeSpan.FromSeconds(60));
        _receiver!.Release();
        await Eventually.True(async () => await _ambassador!.MetricAsync("sidecars_ambassador_spans_exported_total") == 4, TimeSpan.FromSeconds(60));
        Assert.Equal(0, await _ambassador!.MetricAsync(Dropped, ("reason", "export_failed")));
    }

    [Fact]
    public async Task ReceiverThatIsNotThere_IsToldOnce_AndCounted()
    {
        await StartAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}" });

        await GetAsync("/", null, null);

        await Eventually.True(async () => await _ambassador!.MetricAsync("sidecars_ambassador_spans_dropped_total", ("reason", "export_failed")) == 2, TimeSpan.FromSeconds(60));
        // it is counted before it is told
        await Eventually.True(() => _ambassador!.Process.Output.Contains("Spans could not be exported", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task SecretsOfTheAddress_AreNotInTheLog()
    {
        var receiver = $"127.0.0.1:{FreePort.Next().ToString(CultureInfo.InvariantCulture)}";
        await StartAsync(new() { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = $"http://user:hunter2@{receiver}/in?token=hunter2" });

        await GetAsync("/", null, null);

        await Eventually.True(() => _ambassador!.Process.Output.Contains($"Spans could not be exported to http://{receiver}/in;", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        Assert.Contains($"Spans are exported to http://{receiver}/in by", _ambassador!.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", _ambassador.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grpc_IsSpokenWhereTheEnvironmentSaysSo()
    {
        _receiver = await SpanReceiver.StartAsync(protocols: HttpProtocols.Http2);
        await StartAsync(new() { ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "grpc" });

        await GetAsync("/", null, null);

        Assert.Equal(["GET", "GET api"], (await _receiver.WaitAsync(2)).Select(s => s.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Mistake_IsToldAtTheStart_AndKeepsNothing()
    {
        await StartAsync(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" });

        var seen = await GetAsync("/", $"00-{TraceId}-{ParentId}-01", null);

        Assert.Contains($"traceparent: 00-{TraceId}-{ParentId}-01\n", seen, StringComparison.Ordinal);
        await Eventually.True(() => _ambassador!.Process.Output.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is no address", StringComparison.Ordinal));
    }

    private async Task StartAsync(Dictionary<string, string?> environment, string services = Service, bool isHeld = false)
    {
        _origin = await Origin.StartAsync();
        _receiver ??= await SpanReceiver.StartAsync(isHeld);
        environment.TryAdd("OTEL_EXPORTER_OTLP_ENDPOINT", _receiver.Url);
        environment.TryAdd("OTEL_BSP_SCHEDULE_DELAY", "50");
        _ambassador = await Ambassador.StartAsync(services.Replace("PORT", _origin.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), environment);
    }

    private async Task<string> GetAsync(string path, string? traceParent, string? traceState)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador!.Url(1, path));
        foreach (var (name, value) in new[] { ("traceparent", traceParent), ("tracestate", traceState) })
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
