using System.Text;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Tests.Shaping;

public class PieceGroupingTests
{
    private const string Time = "2026-11-24T03:05:00.123456789Z";

    [Theory]
    [InlineData("stdout F a|stdout F b", 1)]
    [InlineData("stdout P a|stdout F b|stdout F c", 2)]
    [InlineData("stdout P a|stderr P x|stdout F b|stderr F y|stdout F c", 4)]
    [InlineData("stdout P a|stderr F x", 0)]
    [InlineData("stdout P a|no piece|stdout F b", 3)]
    public void NextLength_UntilNoStreamIsOpen(string lines, int expected)
    {
        var text = Cri(lines);
        var length = Grouping("cri").NextLength(text);
        Assert.Equal(expected, text[..length].Count(value => value == '\n'));
    }

    [Fact]
    public void NextLength_OverTheLimit_WaitsNoLonger()
    {
        var text = Cri("stdout P aaaa|stdout P bbbb|stdout P cccc");
        Assert.Equal(2 * (text.Length / 3), new PieceGrouping(PieceFormat.Of("cri")!, (text.Length / 3) + 1).NextLength(text));
    }

    [Fact]
    public void Cut_InterleavedStreams_JoinsEachForItself()
    {
        Assert.Equal(
            [$"{Time} stdout F abc", "no piece", $"{Time} stderr F xy", $"{Time} stdout F d"],
            Cut("cri", Cri("stdout P a|no piece|stderr P x|stdout P b|stderr F y|stdout F c\r|stdout F d")));
    }

    [Fact]
    public void Cut_WithoutTheLastPiece_StaysMarkedAsPartial() => Assert.Equal([$"{Time} stdout P ab"], Cut("cri", Cri("stdout P a|stdout P b")));

    [Fact]
    public void Cut_CharacterOverTwoPieces_IsWhole()
    {
        byte[] text = [.. Cri("stdout P x")[..^1], 0xc3, (byte)'\n', .. Encoding.UTF8.GetBytes($"{Time} stdout F "), 0xbc, (byte)'\n'];
        Assert.Equal([$"{Time} stdout F xü"], Cut("cri", text));
    }

    [Fact]
    public void Cut_Docker_JoinsTheEscapedText()
    {
        var text = """
            {"log":"a\\n","stream":"stdout","time":"1"}
            {"log":"x\n","stream":"stderr","time":"2"}
            {"log":"b\"","stream":"stdout","time":"3"}
            {"log":"\n","stream":"stdout","time":"4"}

            """;
        Assert.Equal(
            ["""{"log":"a\\nb\"\n","stream":"stdout","time":"1"}""", """{"log":"x\n","stream":"stderr","time":"2"}"""],
            Cut("docker", Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Cut_AnyBytes_CoversEveryByteAndLineOnce()
    {
        var random = new Random(20261124);
        for (var round = 0; round < 500; round++)
        {
            var lines = Enumerable.Range(0, random.Next(2, 30)).Select(_ => random.Next(5) switch
            {
                0 => "stdout F a",
                1 => "stderr F \r",
                2 => "stderr P",
                3 => "other",
                _ => "stdout P xyz",
            });
            var text = Cri(string.Join('|', lines));
            var parts = Grouping("cri").Cut(text);
            Assert.Equal(text.Length, parts.Sum(part => part.Length));
            Assert.Equal(text.Count(value => value == '\n'), parts.Sum(part => part.Lines));
            Assert.Equal(parts.Select(part => part.Start).Order(), parts.Select(part => part.Start));
        }
    }

    private static PieceGrouping Grouping(string format) => new(PieceFormat.Of(format)!, 64 * 1024);

    private static string[] Cut(string format, byte[] text) =>
        [.. Grouping(format).Cut(text).Select(part => Encoding.UTF8.GetString(part.Body))];

    private static byte[] Cri(string lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Split('|').Select(line => line.StartsWith("std", StringComparison.Ordinal) ? $"{Time} {line}\n" : line + "\n")));
}
