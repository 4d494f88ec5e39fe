using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sidecars.Ambassador.Tests.Tracing.Otlp;

namespace Sidecars.Ambassador.Tests.Tracing;

/// <summary>An OTLP receiver for traces, by HTTP and gRPC; it reads messages with a schema of its own.</summary>
internal sealed class SpanReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(Resource Resource, Span Span)> _spans = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SpanReceiver(WebApplication app, bool isHeld)
    {
        _app = app;
        if (!isHeld)
        {
            Release();
        }
    }

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The headers of each export.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Headers { get; } = new();

    public IReadOnlyList<Span> Spans => [.. _spans.Select(s => s.Span)];

    /// <summary>The attributes of the resource of all spans; there is only one.</summary>
    public IReadOnlyDictionary<string, string> Resource => _spans.Select(s => s.Resource).Distinct().Single().Attributes.ToDictionary(a => a.Key, a => a.Value.StringValue);

    /// <summary>Starts one.</summary>
    /// <param name="isHeld">Whether exports are not answered before <see cref="Release"/>.</param>
    /// <param name="protocols">HTTP/1.1, or HTTP/2 for gRPC.</param>
    public static async Task<SpanReceiver> StartAsync(bool isHeld = false, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.AddGrpc();
        SpanReceiver? receiver = null;
        builder.Services.AddSingleton(_ => new Service(receiver!));
        var app = builder.Build();
        receiver = new SpanReceiver(app, isHeld);
        app.MapGrpcService<Service>();
        app.MapPost("/v1/traces", receiver.ReceiveAsync);
        await app.StartAsync();
        receiver.Port = new Uri(app.Urls.Single()).Port;
        return receiver;
    }

    /// <summary>Answers what it holds, and all that comes.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Waits until so many spans have come in.</summary>
    public async Task<IReadOnlyList<Span>> WaitAsync(int count)
    {
        await Eventually.True(() => _spans.Count >= count, TimeSpan.FromSeconds(60), () => string.Join(", ", Spans.Select(s => s.Name)));
        return Spans;
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await TakeAsync(ExportTraceServiceRequest.Parser.ParseFrom(body.ToArray()), context);
        context.Response.ContentType = "application/x-protobuf";
        await context.Response.Body.WriteAsync(new ExportTraceServiceResponse().ToByteArray());
    }

    private async Task TakeAsync(ExportTraceServiceRequest request, HttpContext context)
    {
        await _released.Task;
        Headers.Enqueue(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        foreach (var (resource, span) in request.ResourceSpans.SelectMany(r => r.ScopeSpans.SelectMany(s => s.Spans).Select(s => (r.Resource, s))))
        {
            _spans.Enqueue((resource, span));
        }
    }

    private sealed class Service(SpanReceiver receiver) : TraceService.TraceServiceBase
    {
        public override async Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            await receiver.TakeAsync(request, context.GetHttpContext());
            return new ExportTraceServiceResponse();
        }
    }
}
