using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Lifecycle;

namespace Sidecars.Common.Tests.Lifecycle;

public class DrainSequenceTests
{
    private readonly DrainSequence _sequence = new(NullLogger<DrainSequence>.Instance);
    private readonly List<string> _run = [];

    [Fact]
    public async Task Run_Steps_GoInOrder()
    {
        Add("a");
        Add("b");

        Assert.True(await _sequence.RunAsync(CancellationToken.None));
        Assert.Equal(["a", "b"], _run);
    }

    [Fact]
    public async Task Run_StepFails_TheNextIsStillTried()
    {
        _sequence.Add("bad", _ => throw new InvalidOperationException("no"));
        Add("after");

        Assert.False(await _sequence.RunAsync(CancellationToken.None));
        Assert.Equal(["after"], _run);
    }

    [Fact]
    public async Task Run_DeadlineInAStep_TheNextIsStillTried()
    {
        using var deadline = new CancellationTokenSource();
        _sequence.Add("endless", async token =>
        {
            var waiting = Task.Delay(Timeout.InfiniteTimeSpan, token);
            await deadline.CancelAsync();
            await waiting;
            return "never";
        });
        Add("save");

        Assert.False(await _sequence.RunAsync(deadline.Token));
        Assert.Equal(["save"], _run);
    }

    private void Add(string name) => _sequence.Add(name, _ =>
    {
        _run.Add(name);
        return Task.FromResult("ok");
    });
}
