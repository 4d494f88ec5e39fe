using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>
/// What is allocated is counted for the whole process, so nothing else may run meanwhile. Both peers wait with threads of
/// their own, in calls that allocate nothing: what is left is the relay's.
/// </summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class RelayAllocations;

[Collection<RelayAllocations>]
public sealed class RelayAllocationTests
{
    private const int RoundTrips = 3000;

    /// <summary>The smallest object takes 24 bytes: one for each read would be five times as much.</summary>
    private const long Tolerance = 2 * RoundTrips * 5;

    [Theory]
    [InlineData(64)]
    [InlineData(32 * 1024)]
    public async Task SteadyState_AllocatesNothingPerRead(int size)
    {
        var metrics = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());
        var (application, client) = Pair();
        var (upstream, server) = Pair();
        var running = new Relay(new SocketEnd(client), new SocketEnd(upstream), metrics.CreateCounter("sent", ""), metrics.CreateCounter("received", "")).RunAsync();
        var echo = new Thread(() => Echo(server, new byte[size]));
        echo.Start();
        var least = long.MaxValue;
        var buffer = new byte[size];

        // the first rounds also compile, fill pools and tables; a round in which the process did something else counts for nothing
        for (var round = 0; round < 10 && least >= Tolerance; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < RoundTrips; i++)
            {
                application.Send(buffer);
                ReceiveAll(application, buffer);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        application.Shutdown(SocketShutdown.Send);
        echo.Join();
        await running.WaitAsync(TimeSpan.FromSeconds(60));
        application.Dispose();
        server.Dispose();
        Assert.True(least < Tolerance, $"{least} bytes for {2 * RoundTrips} messages");
    }

    private static void Echo(Socket socket, byte[] buffer)
    {
        while (ReceiveAll(socket, buffer))
        {
            socket.Send(buffer);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static bool ReceiveAll(Socket socket, byte[] buffer)
    {
        for (var at = 0; at < buffer.Length;)
        {
            var read = socket.Receive(buffer, at, buffer.Length - at, SocketFlags.None);
            if (read == 0)
            {
                return false;
            }

            at += read;
        }

        return true;
    }

    /// <summary>Connected and accepted in calls that wait: a socket that has once been used asynchronously allocates when it waits.</summary>
    private static (Socket Client, Socket Server) Pair()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.Connect(listener.LocalEndPoint!);
        var server = listener.Accept();
        server.NoDelay = true;
        return (client, server);
    }
}
