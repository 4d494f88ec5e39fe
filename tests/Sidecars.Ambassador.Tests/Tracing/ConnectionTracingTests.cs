using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Tests.Http;
using Sidecars.Ambassador.Tests.Tcp;
using Sidecars.Ambassador.Tests.Tracing.Otlp;

namespace Sidecars.Ambassador.Tests.Tracing;

/// <summary>The spans of what is not a request of the application: TCP connections, and validations of the cache.</summary>
public sealed class ConnectionTracingTests : IAsyncLifetime
{
    private SpanReceiver _receiver = null!;

    public async ValueTask InitializeAsync() => _receiver = await SpanReceiver.StartAsync();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task Connection_IsASpan_WithEachServerItWasTriedWithBelow()
    {
        using var echo = new EchoServer("e");
        await using var ambassador = await StartAsync($"tcp: {{ upstreams: [ '127.0.0.1:$9', {{ address: '127.0.0.1:{echo.Port}', priority: 1 }} ] }}");

        using (var client = new TcpClient("127.0.0.1", ambassador.Port(1)))
        {
            await client.GetStream().WriteAsync("!"u8.ToArray());
            await client.GetStream().ReadExactlyAsync(new byte[2]);
        }

        var spans = await _receiver.WaitAsync(3);
        var connection = Assert.Single(spans, s => s.Name == "TCP db");
        var tries = spans.Where(s => s.Name == "connect").OrderBy(s => s.StartTimeUnixNano).ToList();
        Assert.Empty(connection.ParentSpanId);
        Assert.All(tries, t => Assert.Equal((connection.TraceId, connection.SpanId), (t.TraceId, t.ParentSpanId)));
        Assert.Equal(
            $"network.transport=tcp, server.address=127.0.0.1, server.port={ambassador.Port(1)}, sidecars.service=db, sidecars.tries=2, sidecars.upstream=127.0.0.1:{echo.Port}",
            SpanText.Attributes(connection));
        Assert.Equal($"error.type=refused, sidecars.upstream=127.0.0.1:{ambassador.Port(9)}", SpanText.Attributes(tries[0]));
        Assert.Equal($"sidecars.upstream=127.0.0.1:{echo.Port}", SpanText.Attributes(tries[1]));
        Assert.Equal((StatusCode.Unset, StatusCode.Error), (connection.Status?.Code ?? StatusCode.Unset, tries[0].Status.Code));
        Assert.InRange(tries[1].EndTimeUnixNano, tries[1].StartTimeUnixNano, connection.EndTimeUnixNano);
    }

    [Fact]
    public async Task ConnectionThatIsEndedFromHere_SaysWhy()
    {
        using var echo = new EchoServer("e");
        await using var ambassador = await StartAsync($"tcp: {{ idle_timeout: 1s, upstreams: [ '127.0.0.1:{echo.Port}' ] }}");

        using var client = new TcpClient("127.0.0.1", ambassador.Port(1));

        var connection = Assert.Single(await _receiver.WaitAsync(2), s => s.Name == "TCP db");
        Assert.Contains("error.type=idle_timeout", SpanText.Attributes(connection), StringComparison.Ordinal);
        Assert.Equal(StatusCode.Error, connection.Status.Code);
    }

    [Fact]
    public async Task ValidationBesideARequest_IsASpanOfTheSameParent()
    {
        await using var origin = await Origin.StartAsync();
        origin.Instead = async context =>
        {
            context.Response.Headers.CacheControl = "max-age=0, stale-while-revalidate=3600";
            await context.Response.WriteAsync("kept");
        };
        await using var ambassador = await StartAsync($"http: {{ cache: {{}}, upstreams: [ 'http://127.0.0.1:{origin.Port}' ] }}");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await client.GetStringAsync(ambassador.Url(1));
        await client.GetStringAsync(ambassador.Url(1));

        // two requests, of which the first has a try, and the validation with its own
        var requests = (await _receiver.WaitAsync(5)).Where(s => s.Name == "GET db").ToList();
        Assert.All(requests, r => Assert.Equal("b7ad6b7169203331", SpanText.Hex(r.ParentSpanId)));
        Assert.Equal(
            ["miss", "stale", "validation"],
            requests.Select(r => r.Attributes.SingleOrDefault(a => a.Key == "sidecars.cache")?.Value.StringValue ?? "miss").Order(StringComparer.Ordinal));
        var validation = requests.Single(r => r.Attributes.Any(a => a.Value.StringValue == "validation"));
        Assert.Single(_receiver.Spans, s => s.ParentSpanId == validation.SpanId);
    }

    private Task<Ambassador> StartAsync(string what) => Ambassador.StartAsync(
        $"services: [ {{ name: db, listen: '127.0.0.1:$1', {what} }} ]",
        new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _receiver.Url, ["OTEL_BSP_SCHEDULE_DELAY"] = "50" });
}
