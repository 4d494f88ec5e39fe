using Sidecars.Faults.Cases;

namespace Sidecars.Faults.Tests;

/// <summary>Each case of the suite once, short, with a seed of its own; long runs are for <c>eng/faults.sh</c>.</summary>
public sealed class FaultSuiteTests
{
    public static TheoryData<string> Cases => [.. FaultCases.All.Select(known => known.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nothing_is_lost_or_out_of_order_and_no_more_repeated_than_what_was_in_flight(string name)
    {
        var known = FaultCases.All.Single(known => known.Name == name);
        var report = await known.RunAsync(new FaultSettings(Seed: 7, known.Rounds));
        Assert.True(report.Problems.Count == 0, report.ToString());
    }
}
