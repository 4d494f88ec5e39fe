using Sidecars.Adapter.State;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.State;

/// <summary>The adapter as a process that is killed and started anew.</summary>
public sealed class StateProcessTests : IDisposable
{
    private const int Kill = 9;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();
    private int _next;

    [Fact]
    public async Task KillMinusNine_WhileCountingThroughRotationAndTruncation_EveryLineIsCountedOnce()
    {
        var log = _folder["logs/app.log"];
        _folder.Write("logs/app.log", "");
        var random = new Random(5);
        var written = 0;
        for (var round = 0; round < 6; round++)
        {
            var adapter = await StartAsync();
            await using (adapter)
            {
                // the first answer has everything: a lower one would look like a reset
                Assert.Equal(written, (await adapter.MetricsAsync()).Sum("lines_total"));
                written += await WriteAsync(log, random.Next(1, 3000));
                if (round % 3 == 1)
                {
                    File.Move(log, $"{log}.{round}");
                    written += await WriteAsync(log, random.Next(1, 3000));
                }
                else if (round % 3 == 2)
                {
                    // what is gone from the file can only be known from the record
                    await Eventually.True(() => OnRecord() == written, Deadline);
                    await using var stream = new FileStream(log, FileMode.Open);
                    stream.SetLength(0);
                }

                adapter.Signal(Kill);
                await adapter.WaitForExitAsync();
            }

            written += await WriteAsync(log, random.Next(1, 100));
        }

        await using var last = await StartAsync();
        Assert.Equal(written, (await last.MetricsAsync()).Sum("lines_total"));
        Assert.Equal(0, await last.TerminateAsync());
        Assert.Contains("state saved", last.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData(", off: true", 1)]
    public async Task Termination_AndNewStart_GoesOnUnlessItIsOff(string off, int expected)
    {
        var log = _folder["logs/app.log"];
        _folder.Write("logs/app.log", "1\n2\n");
        await using (var first = await StartAsync(off))
        {
            Assert.Equal(2, (await first.MetricsAsync()).Sum("lines_total"));
            Assert.Equal(0, await first.TerminateAsync());
        }

        File.Move(log, _folder["elsewhere.log"]);
        _folder.Write("logs/app.log", "3\n");

        await using var second = await StartAsync(off);
        Assert.Equal(expected, (await second.MetricsAsync()).Sum("lines_total"));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Appends lines of which no two are the same, as the times in real ones see to.</summary>
    private async Task<int> WriteAsync(string log, int lines)
    {
        await File.AppendAllLinesAsync(log, Enumerable.Range(0, lines).Select(_ => $"line {_next++}"));
        return lines;
    }

    private double OnRecord() =>
        StateFormat.Read(File.ReadAllBytes(_folder["state/adapter.state"]))!.Families.Single().Series.Sum(series => series.Value);

    private async Task<SidecarProcess> StartAsync(string off = "")
    {
        var port = FreePort.Next();
        var file = _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            state: { directory: {{_folder["state"]}}, interval: 100ms{{off}} }
            inputs:
              app: { tail: {{_folder["logs/app.log"]}}, format: $all, metrics: [ { counter: lines_total } ] }
            """);
        var adapter = SidecarProcess.Start("adapter", port, ["--config", file], new Dictionary<string, string?> { ["ADAPTER_STATE_DIRECTORY"] = null });
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
