using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sidecars.Collector.Tests.Outputs;

/// <summary>A server that keeps what it is sent and answers as the test says. Its port stays its own: when it is "down" it resets connections.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();

    private HttpReceiver(WebApplication application) => _application = application;

    /// <summary>What to answer; null resets the connection.</summary>
    public Func<ReceivedRequest, ReceiverAnswer?> Answer { get; set; } = _ => new(200);

    /// <summary>Every request whose body arrived, in the order of arrival.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    public int Port => Url.Port;

    public Uri Url => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<HttpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var application = builder.Build();
        var receiver = new HttpReceiver(application);
        application.Run(receiver.HandleAsync);
        await application.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new ReceivedRequest(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", headers, Decoded(body.ToArray(), headers.GetValueOrDefault("Content-Encoding")))
        {
            Connection = context.Connection.Id,
        };
        _requests.Enqueue(request);
        if (Answer(request) is not { } answer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait;
        }

        if (answer.Body.Length > 0)
        {
            await context.Response.Body.WriteAsync(answer.Body);
        }
    }

    private static byte[] Decoded(byte[] body, string? encoding)
    {
        switch (encoding)
        {
            case "gzip":
                using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
                {
                    using var text = new MemoryStream();
                    gzip.CopyTo(text);
                    return text.ToArray();
                }

            case "zstd":
                using (var zstd = new ZstdSharp.Decompressor())
                {
                    return zstd.Unwrap(body).ToArray();
                }

            default:
                return body;
        }
    }
}

/// <summary>A request; its body as it was before compression.</summary>
internal sealed record ReceivedRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The connection it came by.</summary>
    public string Connection { get; init; } = "";

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}

/// <summary>An answer.</summary>
internal sealed record ReceiverAnswer(int Status)
{
    public ReceiverAnswer(int status, string body)
        : this(status) => Body = System.Text.Encoding.UTF8.GetBytes(body);

    public byte[] Body { get; init; } = [];

    public string? RetryAfter { get; init; }
}
