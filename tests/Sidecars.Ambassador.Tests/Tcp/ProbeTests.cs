using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;
using Sidecars.Ambassador.Tcp.Probes;

namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>Real servers asked how they are; and the answers of servers that do not serve, which cannot be had at will, as the protocols write them.</summary>
public sealed class ProbeTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Redis_Answers_AlsoWhereAPasswordIsMissing()
    {
        await using var server = await RedisServer.StartAsync();
        Assert.Null(await AskAsync(TcpProtocol.Redis, server.Port));

        using (var client = new TcpClient("127.0.0.1", server.Port))
        {
            await client.GetStream().WriteAsync("CONFIG SET requirepass secret\r\n"u8.ToArray());
            var ok = new byte[5];
            await client.GetStream().ReadExactlyAsync(ok);
        }

        Assert.Null(await AskAsync(TcpProtocol.Redis, server.Port));
    }

    [Fact]
    public async Task MariaDb_Answers_AndNeverLocksTheProbeOut()
    {
        await using var server = await MariaDbServer.StartAsync();

        for (var i = 0; i < 150; i++)
        {
            Assert.Null(await AskAsync(TcpProtocol.MySql, server.Port));
        }
    }

    [Fact]
    public async Task PostgreSql_Answers()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        Assert.Null(await AskAsync(TcpProtocol.PostgreSql, server.Port));
    }

    [Theory]
    [InlineData("-LOADING Redis is loading the dataset in memory\r\n", "not_serving")]
    [InlineData("-MASTERDOWN Link with MASTER is down\r\n", "not_serving")]
    [InlineData("-NOPERM no\r\n", null)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "protocol")]
    public Task Redis_ThatDoesNotServe_IsTold(string answer, string? verdict) => ExpectAsync(TcpProtocol.Redis, Encoding.ASCII.GetBytes(answer), verdict);

    [Theory]
    [InlineData("57P03", "not_serving")]
    [InlineData("53300", "not_serving")]
    [InlineData("28000", null)]
    public Task PostgreSql_ThatDoesNotServe_IsTold(string state, string? verdict)
    {
        var fields = Encoding.ASCII.GetBytes($"SFATAL\0C{state}\0Mno\0\0");
        return ExpectAsync(TcpProtocol.PostgreSql, [(byte)'E', 0, 0, 0, (byte)(fields.Length + 4), .. fields], verdict);
    }

    [Fact]
    public async Task MySql_ThatDoesNotServe_IsTold()
    {
        // 1040, "Too many connections", in the place of the greeting
        await ExpectAsync(TcpProtocol.MySql, [7, 0, 0, 0, 0xff, 0x10, 0x04, .. "Too "u8], "not_serving");
        await ExpectAsync(TcpProtocol.MySql, [.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8], "protocol");
    }

    private static async Task ExpectAsync(TcpProtocol protocol, byte[] answer, string? verdict)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var questioned = new TaskCompletionSource();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptSocketAsync();
            await connection.SendAsync(answer, SocketFlags.None);
            await questioned.Task;
        });

        Assert.Equal(verdict, await AskAsync(protocol, ((IPEndPoint)listener.LocalEndpoint).Port));
        questioned.SetResult();
        await serving.WaitAsync(Deadline);
    }

    private static async Task<string?> AskAsync(TcpProtocol protocol, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using var end = new SocketEnd(socket);
        try
        {
            return await ProtocolProbe.AskAsync(protocol, end, "sidecars").AsTask().WaitAsync(Deadline);
        }
        catch (Exception e) when (UpstreamOpener.ReasonOf(e) is { } reason)
        {
            return reason;
        }
    }
}
