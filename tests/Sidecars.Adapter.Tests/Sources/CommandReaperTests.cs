using Microsoft.Extensions.Time.Testing;
using Sidecars.Adapter.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Sources;

public sealed class CommandReaperTests
{
    private readonly FakeTimeProvider _time = new();
    private int _asked;
    private int _taken;
    private volatile bool _hasEnded;

    [Fact]
    public void Take_HasEnded_AtOnce()
    {
        _hasEnded = true;

        Assert.True(CommandReaper.TakeAsync(Take, _time).IsCompletedSuccessfully);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Take_DoesNotEnd_WaitsABoundedTimeAndTakesItWhenItComes()
    {
        var taking = CommandReaper.TakeAsync(Take, _time);
        Assert.False(taking.IsCompleted);
        await AdvanceAsync(CommandReaper.Longest, () => taking.IsCompleted);

        await taking;
        var before = Volatile.Read(ref _asked);
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => Volatile.Read(ref _asked) > before);
        _hasEnded = true;
        await AdvanceAsync(TimeSpan.FromMinutes(1), () => Volatile.Read(ref _taken) == 1);
    }

    private bool Take()
    {
        Interlocked.Increment(ref _asked);
        if (!_hasEnded)
        {
            return false;
        }

        Interlocked.Increment(ref _taken);
        return true;
    }

    private Task AdvanceAsync(TimeSpan step, Func<bool> isDone) => Eventually.True(
        () =>
        {
            _time.Advance(step);
            return isDone();
        },
        TimeSpan.FromSeconds(60));
}
