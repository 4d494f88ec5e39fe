using System.Globalization;

namespace Sidecars.Adapter.Tests.Truth;

/// <summary>
/// What the page says is what was written, whatever happens to the files and to the adapter. A short run of a few seeds; long ones are
/// for <c>eng/faults.sh --adapter</c>.
/// </summary>
public class TruthTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(Setting("TRUTH_SEED", 1), Setting("TRUTH_RUNS", 2))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Sums_ThroughRotationsTruncationsRestartsAndKills_AreTheLinesWritten(int seed)
    {
        await using var run = new TruthRun(seed);

        await run.RunAsync(Setting("TRUTH_ROUNDS", 5));

        Assert.True(run.Scrapes > 0);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
