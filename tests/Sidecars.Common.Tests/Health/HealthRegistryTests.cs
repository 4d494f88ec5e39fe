using Microsoft.Extensions.Time.Testing;
using Sidecars.Common.Health;

namespace Sidecars.Common.Tests.Health;

public class HealthRegistryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HealthRegistry _health;

    public HealthRegistryTests() => _health = new HealthRegistry(_time);

    [Fact]
    public void Startup_UntilEveryGateIsOpen_NamesTheClosedOnes()
    {
        var (first, second) = (_health.AddStartup("first"), _health.AddStartup("second"));
        first.Open();

        Assert.Equal(["second: not yet"], _health.StartupFailures());
        Assert.Equal(["second: not yet"], _health.ReadinessFailures());
        second.Open();
        Assert.Empty(_health.ReadinessFailures());
    }

    [Fact]
    public void Liveness_LoopThatHangs_FailsUntilItBeatsAgain()
    {
        var mark = _health.AddProgress("loop", TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(_health.LivenessFailures());

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["loop: no progress for 31 s"], _health.LivenessFailures());

        mark.Beat();
        Assert.Empty(_health.LivenessFailures());
    }

    [Fact]
    public void Readiness_WhileDraining_Fails()
    {
        _health.BeginDrain();

        Assert.Equal(["draining"], _health.ReadinessFailures());
        Assert.Empty(_health.StartupFailures());
        Assert.Empty(_health.LivenessFailures());
    }
}
