using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sidecars.Ambassador.Tests.Http.Grpc;

/// <summary>A gRPC server of Grpc.AspNetCore in the test's own process.</summary>
internal sealed class GrpcOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GrpcOrigin(WebApplication app, int port, EchoService service) => (_app, Port, Service) = (app, port, service);

    public int Port { get; }

    public EchoService Service { get; }

    public static async Task<GrpcOrigin> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var port = FreePort.Next();
        var service = new EchoService();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        return new GrpcOrigin(app, port, service);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

/// <summary>Answers with what it gets.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    private int _failures;
    private int _calls;

    /// <summary>How many of the next calls to <c>Fail</c> answer UNAVAILABLE.</summary>
    public int Failures
    {
        set => Volatile.Write(ref _failures, value);
    }

    /// <summary>How many calls to <c>Fail</c> came in.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public override Task<Message> Once(Message request, ServerCallContext context) => Task.FromResult(request);

    public override Task<Message> Fail(Message request, ServerCallContext context)
    {
        Interlocked.Increment(ref _calls);
        return Interlocked.Decrement(ref _failures) >= 0
            ? throw new RpcException(new Status(StatusCode.Unavailable, "on demand"))
            : Task.FromResult(request);
    }

    public override async Task Repeat(Message request, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Number; i++)
        {
            await responseStream.WriteAsync(new Message { Text = request.Text, Number = i });
        }
    }

    public override async Task<Message> Sum(IAsyncStreamReader<Message> requestStream, ServerCallContext context)
    {
        var sum = new Message();
        await foreach (var message in requestStream.ReadAllAsync())
        {
            sum.Number += message.Number;
        }

        context.ResponseTrailers.Add("counted", sum.Number.ToString(CultureInfo.InvariantCulture));
        return sum;
    }

    public override async Task Talk(IAsyncStreamReader<Message> requestStream, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync())
        {
            await responseStream.WriteAsync(message);
        }
    }
}
