using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Tests.Shaping;

public sealed class JoinedGroupingTests
{
    private const string Time = "2026-11-24T03:05:00.123456789Z";

    [Theory]
    [InlineData("stdout F a|stdout F  b|stdout F c", 2)]
    [InlineData("stdout P a|stdout F a|stdout P  b|stdout F b|stdout F c", 4)]
    [InlineData("stdout F a|stdout F  b", 0)]
    [InlineData("stdout F a|stdout P  b", 0)]
    [InlineData("stdout F a|stderr F  b", 1)]
    [InlineData("stdout F a|stdout P  b|stderr F x|stdout F b|stdout F c", 1)]
    [InlineData("no piece|stdout F a", 1)]
    [InlineData("stdout F a|stdout F  b|stdout F  c|stdout F  d|stdout F  e", 4)]
    public void NextLength_UntilARecordOfWholeLinesEnds(string lines, int expected)
    {
        var text = Cri(lines);
        Assert.Equal(expected, text[..Grouping().NextLength(text)].Count(value => value == '\n'));
    }

    [Theory]
    [InlineData("stdout F a|stdout P  b|stdout F b", "stdout F a\n bb")]
    [InlineData("stdout P a|stdout F a|stdout F  b|stdout F  c", "stdout F aa\n b\n c")]
    [InlineData("stdout F a|stdout F  b|stdout P  c|stderr F x|stdout F c", "stdout F a\n b|stdout F  cc|stderr F x")]
    [InlineData("stdout F a", "stdout F a")]
    public void Cut_JoinsPiecesThenLines(string lines, string expected)
    {
        var group = new ArraySegment<byte>(Cri(lines));
        var parts = Grouping().Cut(group);
        var bodies = parts.Count == 0 ? [LogRecord.WithoutTerminator(group)] : parts.Select(part => part.Body);
        Assert.Equal(expected.Split('|').Select(record => $"{Time} {record}"), bodies.Select(body => Encoding.UTF8.GetString(body)));
        Assert.True(parts.Count == 0 || parts.Sum(part => part.Length) == group.Count);
        Assert.True(parts.Count == 0 || parts.Sum(part => part.Lines) == lines.Split('|').Length);
    }

    private static JoinedGrouping Grouping()
    {
        var options = new InputOptions
        {
            Paths = ["/var/log/a.log"],
            Parse = new ParseOptions { Format = "cri" },
            Multiline = new MultilineOptions { Continuation = @"^\s", MaxLines = 4 },
        };
        var problems = new ProblemList();
        var plan = InputPlan.Create(options, "inputs[0]", TimeProvider.System, problems);
        return Assert.IsType<JoinedGrouping>(plan.Grouping);
    }

    private static byte[] Cri(string lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Split('|').Select(line => line == "no piece" ? line + "\n" : $"{Time} {line}\n")));
}
