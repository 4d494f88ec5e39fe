using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Tests.Options;

public class CollectorValidationTests
{
    [Fact]
    public void Check_Defaults_AreRight() => Assert.Empty(Check(new CollectorOptions()));

    [Fact]
    public void Check_ManyMistakes_AreAllFound()
    {
        var keys = Check(new CollectorOptions
        {
            Inputs = [new() { Paths = ["relative.log"], Exclude = ["*.gz", "also/relative"] }, new()],
            Outputs =
            [
                new() { Stdout = new() },
                new() { Name = "stdout", File = new() { Path = "out.log" } },
                new() { Name = "a b" },
                new() { Stdout = new(), File = new() { Path = "/tmp/x" } },
            ],
            State = new() { Directory = "state" },
        }).Select(problem => problem.KeyPath);
        Assert.Equal(
            [
                "inputs[0].paths[0]", "inputs[0].exclude[1]", "inputs[1].paths",
                "outputs[1]", "outputs[1].file.path", "outputs[2]", "outputs[2].name", "outputs[3]", "state.directory",
            ],
            keys.Order(StringComparer.Ordinal).OrderBy(key => key.StartsWith("inputs[0].e", StringComparison.Ordinal) ? "inputs[0].q" : key, StringComparer.Ordinal));
    }

    [Fact]
    public void Check_NothingToFollowAndNowhereToGo_AreTwoMistakes() =>
        Assert.Equal(["inputs", "outputs"], Check(new CollectorOptions { Inputs = [], Outputs = [] }).Select(problem => problem.KeyPath));

    [Theory]
    [InlineData("/var/log/nginx/collector.log", null, true)]
    [InlineData("/var/log/nginx/collector.log", "collector.log", false)]
    [InlineData("/var/log/collector.log", null, false)]
    public void Check_OutputThatAnInputFollows_IsALoop(string path, string? exclude, bool expected)
    {
        var problems = Check(new CollectorOptions
        {
            Inputs = [new() { Paths = ["/var/log/nginx/*.log"], Exclude = exclude is null ? [] : [exclude] }],
            File = path,
        });
        Assert.Equal(expected, problems.Any(problem => problem.KeyPath == "file" && problem.Message.Contains("for ever", StringComparison.Ordinal)));
    }

    [Fact]
    public void Check_RotatedOutputThatAnInputFollows_IsALoop()
    {
        var problems = Check(new CollectorOptions
        {
            Inputs = [new() { Paths = ["/logs/*.1"] }],
            Outputs = [new() { File = new() { Path = "/logs/out.log", MaxSize = ByteSize.MiB(1) } }],
        });
        Assert.Equal("outputs[0].file.path", Assert.Single(problems).KeyPath);
    }

    [Fact]
    public void Check_TwoOutputsToOneFile_IsAMistake() => Assert.Single(Check(new CollectorOptions
    {
        Outputs = [new() { Name = "one", File = new() { Path = "/tmp/out" } }, new() { Name = "two", File = new() { Path = "/tmp/out" } }],
    }));

    private static IReadOnlyList<Problem> Check(CollectorOptions options)
    {
        var problems = new ProblemList();
        CollectorValidation.Check(options, problems);
        return problems.Problems;
    }
}
