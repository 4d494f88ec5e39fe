using Sidecars.Collector.Tests.Outputs;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Running;

/// <summary>The real process against a receiver of each protocol that is down, comes back, is overloaded and refuses a record.</summary>
public sealed class ReceiverTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly Lock _gate = new();
    private readonly List<string> _taken = [];
    private volatile bool _isDown = true;
    private volatile bool _isOverloaded = true;
    private SidecarProcess? _collector;

    public static TheoryData<string> Protocols => [.. ReceiverProtocol.All.Keys];

    public async ValueTask DisposeAsync()
    {
        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Receiver_down_back_overloaded_and_refusing_one_record_gets_every_other_line_in_order(string name)
    {
        var protocol = ReceiverProtocol.All[name];
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = request => Answer(protocol, request);
        _folder.Write("logs/a.log", Lines(0, 100));
        _collector = await StartAsync(protocol.Output.Replace("PORT", $"{receiver.Port}", StringComparison.Ordinal));

        await FailuresAsync("reset");
        Assert.Empty(Taken());
        _isDown = false;
        await FailuresAsync("throttled");
        await TakenAsync(100);

        File.AppendAllText(_folder["logs/a.log"], Lines(100, 120) + ReceiverProtocol.Poison + "\n" + Lines(120, 200));
        await TakenAsync(200);
        _isDown = true;
        File.AppendAllText(_folder["logs/a.log"], Lines(200, 250));
        await FailuresAsync("reset", above: await CountAsync("reset"));
        _isDown = false;
        await TakenAsync(250);

        Assert.Equal(0, await _collector.TerminateAsync());
        Assert.Equal(Numbers(0, 250), Taken().Distinct());
    }

    private static string[] Numbers(int from, int to) => [.. Enumerable.Range(from, to - from).Select(i => $"{i:000000}")];

    private static string Lines(int from, int to) => string.Concat(Numbers(from, to).Select(line => line + "\n"));

    private async Task<SidecarProcess> StartAsync(string output)
    {
        var port = FreePort.Next();
        var config = _folder.Write("collector.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            inputs:
              - paths: ["{{_folder["logs/*.log"]}}"]
            outputs:
              - name: out
                {{output}}
            state: { directory: "{{_folder["state"]}}" }
            """);
        var collector = SidecarProcess.Start("collector", port, ["--config", config]);
        await collector.WaitReadyAsync();
        return collector;
    }

    private ReceiverAnswer? Answer(ReceiverProtocol protocol, ReceivedRequest request)
    {
        lock (_gate)
        {
            if (_isDown)
            {
                return null;
            }

            if (_isOverloaded)
            {
                _isOverloaded = false;
                return new(429) { RetryAfter = "1" };
            }

            var lines = protocol.Lines(request);
            if (!lines.Contains(ReceiverProtocol.Poison))
            {
                _taken.AddRange(lines);
                return protocol.Taken;
            }

            var (answer, takesTheRest) = protocol.Refuse(lines);
            _taken.AddRange(takesTheRest ? lines.Where(line => line != ReceiverProtocol.Poison) : []);
            return answer;
        }
    }

    private string[] Taken()
    {
        lock (_gate)
        {
            return [.. _taken];
        }
    }

    private Task TakenAsync(int lines) => Eventually.True(() => Taken().Distinct().Count() == lines, Deadline, () => $"{Taken().Distinct().Count()} lines; {_collector!.Error}");

    private async Task<double> CountAsync(string reason) =>
        (await _collector!.MetricsAsync()).Find("sidecars_collector_delivery_failures_total", ("output", "out"), ("reason", reason)) ?? 0;

    private Task FailuresAsync(string reason, double above = 0) => Eventually.True(async () => await CountAsync(reason) > above, Deadline, () => _collector!.Error);
}
