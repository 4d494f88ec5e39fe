using System.Text;

namespace Sidecars.Common.Tests.Parsing;

public class LogfmtParserTests
{
    [Theory]
    [InlineData("level=info msg=\"hello \\\"you\\\"\\n\" status=200 took=1.5 ok=true", "level=info|msg=hello \"you\"\n|number:status=200|number:took=1.5|boolean:ok=true")]
    [InlineData("  a=  verbose\tb=x=y ", "a=|boolean:verbose=true|b=x=y")]
    [InlineData("id=007 hash=7e10 none=null big=123456789012345678901", "id=007|hash=7e10|null:none=null|big=123456789012345678901")]
    [InlineData("é=\"→\" q=a\"b", "é=→|q=a\"b")]
    [InlineData("a=\"\"", "a=")]
    public void TryParse_Pairs_Fields(string line, string expected) => ParsedLine.Equal("logfmt", line, expected);

    [Theory]
    [InlineData("", "the line has no key=value")]
    [InlineData("plain words only", "the line has no key=value")]
    [InlineData("a=\"open", "at byte 2: the quoted value is not closed")]
    [InlineData("a=\"x\"y", "the quoted value is not closed, or not followed by a blank")]
    [InlineData("a=\"x\\", "the quoted value is not closed")]
    [InlineData("=x", "at byte 0: a key must stand here")]
    [InlineData("\"a\"=1", "at byte 0: a key must stand here")]
    [InlineData("a\"b=1", "at byte 1: a quote within a key")]
    public void TryParse_OtherLine_FalseAndWhyInWords(string line, string why)
    {
        var parser = ParsedLine.Parser("logfmt");
        var bytes = Encoding.UTF8.GetBytes(line);

        Assert.Null(ParsedLine.Fields(parser, bytes));
        Assert.Contains(why, parser.Explain(bytes), StringComparison.Ordinal);
    }
}
