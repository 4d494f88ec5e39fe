using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Hostile;

/// <summary>Clients that push whatever fits into a datagram or a connection.</summary>
public sealed class BadPacketsTests : IDisposable
{
    private const int Bombs = 100_000;
    private const int Rounds = 200;

    private static readonly string[] Malformed =
    [
        "x", ":1|c", "x:|c", "x:1", "x:1|", "x:1|q", "x:1|c|@0", "x:1|c|@2", "x:1|c|@", "x:-1|c", "x:1e999|g", "x:nan|g", "x:inf|c", "x:1x|c", "x:||||",
        "\u0000\u0001\u0002", "\u00ff\u00fe\u00fd", "GET / HTTP/1.1", "{\"x\":1}", new string('a', 5000) + ":1|c", new string('|', 3000), new string(':', 3000),
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task MalformedPackets_AreCountedToTheLast()
    {
        await using var adapter = await AdapterUnderAttack.StartAsync("", _folder);
        for (var i = 0; i < Rounds; i++)
        {
            await adapter.SayGoodAsync();
            foreach (var packet in Malformed)
            {
                await adapter.PushAsync(packet);
            }

            // one that is good between two that are not
            await adapter.PushAsync("x\nboth.total:1|c\r\n\n:1|c\n_e{1,1}:a|b");
        }

        await adapter.WaitAsync(Rounds * (Malformed.Length + 2), "sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "malformed"));
        await adapter.WaitAsync(Rounds, "sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "event"));
        await adapter.WaitAsync(Rounds, "both_total");
        await adapter.WaitAsync(2 * Rounds, "sidecars_adapter_samples_total", ("input", "statsd"));
        await adapter.AssertUnharmedAsync();
    }

    [Fact]
    public async Task BombsOfNamesAndTags_AreBoundedAndEverySampleIsCountedOrDroppedByReason()
    {
        await using var adapter = await AdapterUnderAttack.StartAsync("", _folder);
        await adapter.SayGoodAsync(); // its name is taken before the others want all there are
        using (var client = new TcpClient("127.0.0.1", adapter.StatsdPort))
        {
            await using var lines = new StreamWriter(client.GetStream(), Encoding.ASCII);
            for (var i = 0; i < Bombs; i++)
            {
                await lines.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"name{i}:1|g\n"));
                await lines.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"tagged.total:1|c|#user:{i},more:{new string('t', 100)}\n"));
            }
        }

        await adapter.WaitAsync(Bombs, "tagged_total"); // the last line is one of these
        await adapter.WaitAsync(Bombs - AdapterUnderAttack.PerMetric, "tagged_total", ("overflow", "other"));
        var page = await adapter.Process.MetricsAsync();
        var dropped = page.Value("sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "limit"));
        Assert.Equal((2 * Bombs) + 1, page.Value("sidecars_adapter_samples_total", ("input", "statsd")) + dropped);
        Assert.Equal(Bombs - dropped, page.Samples.Count(sample => sample.Name.StartsWith("name", StringComparison.Ordinal)));
        await adapter.AssertUnharmedAsync();
    }

    [Fact]
    public async Task EndlessLines_EndTheirConnectionsAndAreCounted()
    {
        const int Connections = 20;
        await using var adapter = await AdapterUnderAttack.StartAsync("", _folder);
        await adapter.SayGoodAsync();
        for (var i = 0; i < Connections; i++)
        {
            using var client = new TcpClient("127.0.0.1", adapter.StatsdPort);
            var piece = new byte[64 * 1024];
            await Assert.ThrowsAnyAsync<IOException>(async () =>
            {
                while (true)
                {
                    await client.GetStream().WriteAsync(piece);
                }
            });
        }

        await adapter.WaitAsync(Connections, "sidecars_adapter_samples_dropped_total", ("input", "statsd"), ("reason", "malformed"));
        await adapter.AssertUnharmedAsync();
    }
}
