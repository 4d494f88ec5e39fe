using Grpc.Core;
using Grpc.Net.Client;

namespace Sidecars.Ambassador.Tests.Http.Grpc;

public sealed class GrpcTests(GrpcTests.Fixture fixture) : IClassFixture<GrpcTests.Fixture>, IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(fixture.Ambassador.Url(1));

    private Echo.EchoClient Client => new(_channel);

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task UnaryCall_IsAnswered()
    {
        var answer = await Client.OnceAsync(new Message { Text = "hello", Number = 7 });

        Assert.Equal(new Message { Text = "hello", Number = 7 }, answer);
    }

    [Fact]
    public async Task ServerStream_ArrivesInOrder()
    {
        using var call = Client.Repeat(new Message { Text = "x", Number = 50 });
        var numbers = new List<int>();
        await foreach (var message in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(message.Number);
        }

        Assert.Equal(Enumerable.Range(0, 50), numbers);
    }

    [Fact]
    public async Task ClientStream_ArrivesWhole_AndTrailersComeBack()
    {
        using var call = Client.Sum();
        for (var i = 1; i <= 20; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Number = i });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(210, (await call).Number);
        Assert.Equal("210", call.GetTrailers().GetValue("counted"));
    }

    [Fact]
    public async Task BothStreams_AreOpenAtOnce()
    {
        using var call = Client.Talk();
        for (var i = 0; i < 20; i++)
        {
            // each message waits for the answer to the one before
            await call.RequestStream.WriteAsync(new Message { Number = i });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task Call_ThatIsUnavailable_IsRepeated_WhereTheConfigurationNamesTheStatus()
    {
        using var channel = GrpcChannel.ForAddress(fixture.Ambassador.Url(3));
        fixture.Origin.Service.Failures = 2;
        var before = fixture.Origin.Service.Calls;

        Assert.Equal("again", (await new Echo.EchoClient(channel).FailAsync(new Message { Text = "again" })).Text);
        Assert.Equal(3, fixture.Origin.Service.Calls - before);

        // without the name an answer is an answer
        fixture.Origin.Service.Failures = 1;
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(async () => await Client.FailAsync(new Message()))).StatusCode);
    }

    [Fact]
    public async Task Upstream_ThatIsDown_IsUnavailable()
    {
        using var channel = GrpcChannel.ForAddress(fixture.Ambassador.Url(2));

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await new Echo.EchoClient(channel).OnceAsync(new Message()));

        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal("connect", failure.Trailers.GetValue("sidecars-reason"));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal GrpcOrigin Origin { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await GrpcOrigin.StartAsync();
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: echo
                    listen: 127.0.0.1:$1
                    http:
                      protocol: h2c
                      upstream_protocol: http2
                      upstreams: [ "http://localhost:{{Origin.Port}}" ]
                  - name: again
                    listen: 127.0.0.1:$3
                    http:
                      protocol: h2c
                      upstream_protocol: http2
                      retry: { grpc_statuses: [ 14 ] }
                      upstreams: [ "http://localhost:{{Origin.Port}}" ]
                  - name: down
                    listen: 127.0.0.1:$2
                    http: { protocol: h2c, upstream_protocol: http2, upstreams: [ "http://127.0.0.1:$9" ] }
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
        }
    }
}
