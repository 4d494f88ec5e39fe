using Serilog;
using Sidecars.Common.Logging;

namespace Sidecars.Common.Tests.Logging;

public sealed class RecentProblemsTests
{
    private readonly RecentProblems _recent = new();

    [Fact]
    public void List_FloodOfOneKind_LeavesTheOthers()
    {
        using var log = new LoggerConfiguration().WriteTo.Sink(_recent).CreateLogger();
        log.Error(new IOException("no space left"), "Cannot write {File}", "/a");
        log.Information("All is well");
        for (var i = 0; i < 1000; i++)
        {
            log.Warning("Try {Number} failed", i);
        }

        Assert.Equal([(1000, "Try 999 failed"), (1, "Cannot write /a: no space left")], _recent.ToList().Select(problem => (problem.Times, problem.Message)));
    }

    [Fact]
    public void List_ManyKinds_AreBounded()
    {
        using var log = new LoggerConfiguration().WriteTo.Sink(_recent).CreateLogger();
        foreach (var kind in Enumerable.Range(0, RecentProblems.MostKinds + 20))
        {
            log.Write(Serilog.Events.LogEventLevel.Warning, $"kind {kind}");
        }

        Assert.Equal(RecentProblems.MostKinds, _recent.ToList().Count);
    }
}
