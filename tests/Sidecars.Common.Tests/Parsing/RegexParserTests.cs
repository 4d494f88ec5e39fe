using System.Text;
using System.Text.RegularExpressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class RegexParserTests
{
    private const string Hostile = "^(?<all>(a+)+)$";

    [Theory]
    [InlineData(@"^(?<level>\w+): (?<msg>.*?)( took (?<ms>[\d.]+))?$", "warn: slow took 1.5", "level=warn|msg=slow|number:ms=1.5")]
    [InlineData(@"^(?<level>\w+): (?<msg>.*?)( took (?<ms>[\d.]+))?$", "warn: é→😀", "level=warn|msg=é→😀")]
    [InlineData("(?<a>x)(y)", "xy", "a=x")]
    [InlineData("(?<a>x)", "y", "(no match)")]
    [InlineData("user=(?<u>.)", "no such text", "(no match)")]
    public void TryParse_Line_NamedGroups(string pattern, string line, string expected) => ParsedLine.Equal("regex: " + pattern, line, expected);

    [Theory]
    [InlineData("(?<a>", "the regex is not valid")]
    [InlineData("(a)", "the regex has no named group")]
    [InlineData("(?<a>x)(?=y)", "cannot run without backtracking")]
    [InlineData(@"(?<a>x)\k<a>", "set unsafe: true")]
    public void TryCreate_WhatCannotBe_ErrorSaysWhatToDo(string pattern, string expected)
    {
        Assert.False(LineParsers.TryCreate("regex", new ParserSettings { Pattern = pattern }, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_Unsafe_TakesLookAround() =>
        ParsedLine.Equal("regex", "xy", "a=x", new ParserSettings { Pattern = "(?<a>x)(?=y)", Unsafe = true, RegexTimeout = TimeSpan.FromMinutes(1) });

    [Fact]
    public void TryParse_HostileLine_DemotedOnceAndForGood()
    {
        var reasons = new List<string>();
        var parser = ParsedLine.Parser("regex", new ParserSettings { Pattern = Hostile, RegexTimeout = TimeSpan.FromMilliseconds(20), Demoted = reasons.Add });
        var hostile = Encoding.UTF8.GetBytes(new string('a', 60) + "!");

        Assert.Null(ParsedLine.Fields(parser, hostile));
        Assert.Null(ParsedLine.Fields(parser, hostile));
        ParsedLine.Equal(parser, "aaa", "all=aaa");
        Assert.Equal(["a line of 61 characters took longer than 20 ms"], reasons);
    }

    [Fact]
    public void TryParse_HostileLineToUnsafePattern_GivesUpOnTheLineAndSaysWhy()
    {
        var settings = new ParserSettings { Pattern = "(?=a)" + Hostile, Unsafe = true, RegexTimeout = TimeSpan.FromMilliseconds(20) };
        var parser = ParsedLine.Parser("regex", settings);
        var hostile = Encoding.UTF8.GetBytes(new string('a', 60) + "!");

        Assert.Null(ParsedLine.Fields(parser, hostile));
        Assert.Equal("the regex took longer than 20 ms", parser.Explain(hostile));
    }

    [Theory]
    [InlineData("user=(?<u>.+) end", "user=")]
    [InlineData("(?<a>GET|POST) /path", " /path")]
    [InlineData("(?:abc)?xy", "xy")]
    [InlineData("(?:abc)+xy", "abc")]
    [InlineData("abc|xy", "")]
    [InlineData("ab*cd", "cd")]
    [InlineData("abc?", "ab")]
    [InlineData("ab{2}cde", "cde")]
    [InlineData("[abc]def", "def")]
    [InlineData(@"a\.b\[c", "a.b[c")]
    [InlineData("(?i)abc", "")]
    [InlineData("(?=abcd)x", "x")]
    [InlineData("(?<!abcd)xy", "xy")]
    [InlineData("é+→", "é")]
    public void RegexLiteral_Pattern_WhatEveryMatchHolds(string pattern, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(RegexLiteral.Find(pattern)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RegexLiteral_RandomPatterns_EveryMatchHoldsIt(int seed)
    {
        string[] pieces = ["a", "b", "ab", "c", ".", "\\.", "[ab]", "[^a]", "(", "(?:", "(?<n>", "(?=", "(?!", ")", "|", "?", "*", "+", "+?", "{2}", "{0,1}", "\\w", "\\b", "^", "$"];
        var random = new Random(seed);
        var matches = 0;
        for (var i = 0; i < 30_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            var regex = TryRegex(pattern);
            var literal = Encoding.UTF8.GetString(RegexLiteral.Find(pattern));
            for (var j = 0; regex is not null && literal.Length > 0 && j < 10; j++)
            {
                var line = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "abc.d"[random.Next(5)]));
                var holds = !regex.IsMatch(line) || line.Contains(literal, StringComparison.Ordinal);
                matches += line.Contains(literal, StringComparison.Ordinal) ? 1 : 0;

                Assert.True(holds, $"'{pattern}' matches '{line}', which does not hold '{literal}'");
            }
        }

        Assert.True(matches > 1000);
    }

    private static Regex? TryRegex(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
