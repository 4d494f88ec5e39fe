using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sidecars.Ambassador.Tests.Credentials;

/// <summary>A token endpoint (RFC 6749, 4.4): <c>token-1</c>, <c>token-2</c> and so on, each for ten minutes unless a test says otherwise.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _count;

    private TokenServer(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Authorization, IReadOnlyDictionary<string, string> Form)> Requests { get; } = new();

    public static async Task<TokenServer> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var app = builder.Build();
        var server = new TokenServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString());
        Requests.Enqueue((context.Request.Headers.Authorization.ToString(), form));
        context.Response.ContentType = "application/json";
        var number = Interlocked.Increment(ref _count);
        await context.Response.WriteAsync($$"""{"access_token":"token-{{number}}","token_type":"Bearer","expires_in":600}""");
    }
}
