using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sidecars.Ambassador.Tests.Http;

/// <summary>
/// A server in the test's own process for what a real one does not do on demand: show what arrived, be slow, stop in the
/// middle.
/// </summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Gate> _gates = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private int _requests;

    private Origin(WebApplication app, int port) => (_app, Port) = (app, port);

    public int Port { get; }

    /// <summary>What it does in place of all else; null: what it usually does.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public int Requests => Volatile.Read(ref _requests);

    public static async Task<Origin> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var chosen = port == 0 ? FreePort.Next() : port;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenLocalhost(chosen);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        app.UseWebSockets();
        var origin = new Origin(app, chosen);
        app.Run(origin.AnswerAsync);
        await app.StartAsync();
        return origin;
    }

    /// <summary>Waits until a request for <c>/hold</c> with this query has come in.</summary>
    public async Task WaitArrivedAsync(string query = "") => Assert.True(await GateOf(query).Arrived.WaitAsync(TimeSpan.FromSeconds(60)), "no request came in");

    /// <summary>Lets the requests with this query go on: <c>/hold</c>, the second half of <c>/halves</c>, the end of <c>/abort</c>.</summary>
    public void Release(string query = "") => GateOf(query).Released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        foreach (var query in _gates.Keys)
        {
            Release(query);
        }

        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Instead is { } instead)
        {
            return instead(context);
        }

        return context.Request.Path.Value switch
        {
            "/ws" => EchoAsync(context),
            "/hold" => HoldAsync(context),
            "/halves" => HalvesAsync(context),
            "/events" => EventsAsync(context),
            "/hash" => HashAsync(context),
            "/resets-first" => context.Request.Query["id"] is var id && _seen.TryAdd($"{id}", true) ? ResetAsync(context) : HashAsync(context),
            "/busy-first" => _seen.TryAdd(context.Request.QueryString.Value!, true) ? BusyAsync(context) : HashAsync(context),
            "/zeros" => ZerosAsync(context),
            "/abort" => AbortAsync(context),
            _ => ShowAsync(context),
        };
    }

    private Gate GateOf(HttpContext context) => GateOf(context.Request.QueryString.Value ?? "");

    private Gate GateOf(string query) => _gates.GetOrAdd(query, _ => new Gate());

    /// <summary>What arrived: request line and headers.</summary>
    private static async Task ShowAsync(HttpContext context)
    {
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var text = $"{context.Request.Method} {target}\n" + string.Concat(context.Request.Headers.Select(h => $"{h.Key}: {h.Value}\n"));
        await context.Response.WriteAsync(text);
    }

    private async Task HoldAsync(HttpContext context)
    {
        GateOf(context).Arrived.Release();
        await GateOf(context).Released.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("held");
    }

    private async Task HalvesAsync(HttpContext context)
    {
        await context.Response.WriteAsync("first,");
        await context.Response.Body.FlushAsync();
        await GateOf(context).Released.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("second");
    }

    /// <summary>Reads what there is and breaks the connection off without an answer.</summary>
    private static async Task ResetAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null);
        context.Abort();
    }

    private static Task BusyAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync("come again");
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: first\n");
        await context.Response.Body.FlushAsync();
        await GateOf(context).Released.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("\ndata: second\n\n");
    }

    private static async Task HashAsync(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[65536];
        while (await context.Request.Body.ReadAsync(buffer) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
        }

        await context.Response.WriteAsync(Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>As many bytes as the query says, from a fixed seed.</summary>
    private static async Task ZerosAsync(HttpContext context)
    {
        var bytes = Bytes(int.Parse(context.Request.QueryString.Value![1..], System.Globalization.CultureInfo.InvariantCulture));
        await context.Response.Body.WriteAsync(bytes);
    }

    private async Task AbortAsync(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("only the beginning");
        await context.Response.Body.FlushAsync();
        await GateOf(context).Released.Task.WaitAsync(context.RequestAborted);
        context.Abort();
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer.AsMemory(), default) is { MessageType: not WebSocketMessageType.Close } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, default);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
    }

    /// <summary>Bytes without a pattern, the same for the same length.</summary>
    public static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class Gate
    {
        public SemaphoreSlim Arrived { get; } = new(0);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
