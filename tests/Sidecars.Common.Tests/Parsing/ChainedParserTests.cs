using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class ChainedParserTests
{
    private const string Time = "2026-11-24T03:05:00.1Z";

    [Theory]
    [InlineData("""{"a":1,"time":"own"}""", $"time=own|stream=stdout|number:a=1", null)]
    [InlineData("{}", $"time={Time}|stream=stdout|message={{}}", null)]
    [InlineData("no json", $"time={Time}|stream=stdout|message=no json", "json")]
    public void TryParse_Message_IsTakenFurtherApart(string message, string expected, string? missed)
    {
        var parser = Chained("cri", "json", "message");
        ParsedLine.Equal(parser, $"{Time} stdout F {message}", expected);
        Assert.Equal(missed, parser.Missed);
    }

    [Fact]
    public void TryParse_NextLine_ForgetsTheOneBefore()
    {
        var parser = Chained("syslog", "logfmt", "message");
        ParsedLine.Equal(parser, "<34>Nov 24 03:05:00 web su: a=1 b=x", "facility=auth|severity=crit|time=Nov 24 03:05:00|host=web|app=su|number:a=1|b=x");
        ParsedLine.Equal(parser, "<34>Nov 24 03:05:00 web su: words", "facility=auth|severity=crit|time=Nov 24 03:05:00|host=web|app=su|message=words");
        ParsedLine.Equal(parser, "{}", "(no match)");
        Assert.Equal("logfmt", Assert.IsType<string>(Chain(parser, "<34>Nov 24 03:05:00 web su: words")));
    }

    [Fact]
    public void Explain_SaysWhichFormatDoesNotMatch()
    {
        var parser = Chained("cri", "json", "message");
        Assert.StartsWith("in 'message': at byte ", parser.Explain(Bytes($"{Time} stdout F {{broken")), StringComparison.Ordinal);
        Assert.DoesNotContain("in 'message'", parser.Explain(Bytes("words")), StringComparison.Ordinal);
        Assert.Contains("there is no field 'log'", Chained("cri", "json", "log").Explain(Bytes($"{Time} stdout F x")), StringComparison.Ordinal);
    }

    private static string? Chain(ChainedParser parser, string line)
    {
        Assert.True(parser.TryParse(Bytes(line), new FieldSet()));
        return parser.Missed;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static ChainedParser Chained(string outer, string inner, string field) =>
        new(ParsedLine.Parser(outer), ParsedLine.Parser(inner), FieldName.Of(field));
}
