using Sidecars.Testing;
using Sidecars.Testing.Syslog;

namespace Sidecars.Collector.Tests.Running;

/// <summary>From files through the real process into a real syslog server.</summary>
public sealed class SyslogDeliveryTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private readonly Authority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Server_that_is_away_for_a_while_gets_every_line_over_TLS()
    {
        await using var server = await SyslogServer.RsyslogAsync(_authority);
        await using var collector = new RunningCollector(_folder)
        {
            Configuration = $$"""
                outputs:
                  - syslog:
                      address: 127.0.0.1:{{server.TlsPort}}
                      tls: { ca: {{server.AuthorityPath}} }
                """,
        };
        var path = _folder.Write("logs/shop.log", string.Concat(RunningCollector.Numbers(1000).Select(number => number + "\n")));
        await collector.StartAsync();
        await Eventually.Equal(1000, () => server.Messages.Length, Deadline);
        await server.StopAsync();
        File.AppendAllText(path, "while away\n");
        await Eventually.True(async () => (await collector.Process.MetricsAsync())
            .Find("sidecars_collector_delivery_failures_total", ("output", "syslog"), ("reason", "connect")) > 0, Deadline);
        await server.StartAsync();
        await Eventually.Equal(1001, () => server.Messages.Length, Deadline);
        File.AppendAllText(path, "last, no newline");
        Assert.Equal(0, await collector.Process.TerminateAsync());
        await Eventually.Equal(1002, () => server.Messages.Length, Deadline);
        Assert.Equal([.. RunningCollector.Numbers(1000), "while away", "last, no newline"], server.Messages.Select(message => message.Split('|')[^1]));
        Assert.All(server.Messages, message => Assert.Equal("shop", message.Split('|')[2]));
    }
}
