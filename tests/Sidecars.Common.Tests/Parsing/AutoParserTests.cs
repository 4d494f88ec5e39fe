namespace Sidecars.Common.Tests.Parsing;

public class AutoParserTests
{
    [Theory]
    [InlineData("json", """{"a":1}""")]
    [InlineData("docker", """{"log":"a\n","stream":"stdout","time":"2026-11-24T03:05:00.1Z"}""")]
    [InlineData("cri", "2026-11-24T03:05:00.123456789Z stdout F hello")]
    [InlineData("syslog", "<34>1 2003-10-11T22:14:15.003Z host su - ID47 - x")]
    [InlineData("syslog", "Nov 24 03:05:00 web app[1]: x")]
    [InlineData("combined", "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl/8.1\"")]
    [InlineData("main", "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl/8.1\" \"-\"")]
    [InlineData("common", "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 200 612")]
    [InlineData("vhost_combined", "shop:80 10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl/8.1\"")]
    [InlineData("nginx_error", "2026/11/24 03:05:00 [notice] 1#1: start worker processes")]
    [InlineData("apache_error", "[Tue Nov 24 03:05:00 2026] [notice] caught SIGTERM")]
    [InlineData("postgresql", "2026-11-24 03:05:00.123 UTC [812] LOG:  ready")]
    [InlineData("python", "2026-11-24 03:05:00,123 - shop - WARNING - slow")]
    [InlineData("log4j", "2026-11-24 03:05:00,123 INFO  [main] com.shop.Cart - Started")]
    [InlineData("dotnet", "info: Shop.Cart[0] broken")]
    [InlineData("logfmt", "level=info msg=\"x y\"")]
    public void TryParse_FirstLine_ParsedAndRecognised(string format, string line)
    {
        var parser = ParsedLine.Parser("auto");
        Assert.Equal("auto", parser.Format);

        ParsedLine.Equal(parser, line, ParsedLine.Text(ParsedLine.Parser(format), line));
        Assert.Equal(format, parser.Format);
    }

    [Fact]
    public void TryParse_ThreeLinesOfAFormat_SticksToIt()
    {
        var parser = ParsedLine.Parser("auto");
        ParsedLine.Equal(parser, "Starting the application", "");
        for (var i = 0; i < 3; i++)
        {
            ParsedLine.Equal(parser, """{"a":1}""", "number:a=1");
        }

        Assert.Null(ParsedLine.Fields(parser, "level=info msg=x"u8.ToArray()));
        Assert.Equal("json", parser.Format);
        Assert.StartsWith("taken for json: at byte 0:", parser.Explain("level=info msg=x"u8.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_FirstLineMisleads_TheFormatThatFollowsIsTaken()
    {
        var parser = ParsedLine.Parser("auto");
        ParsedLine.Fields(parser, "GC=on"u8.ToArray());
        Assert.Equal("logfmt", parser.Format);

        ParsedLine.Equal(parser, """{"a":1}""", "number:a=1");
        Assert.Equal("json", parser.Format);
    }

    [Fact]
    public void TryParse_NoKnownFormat_TakenAsItIs()
    {
        var parser = ParsedLine.Parser("auto");
        for (var i = 0; i < 40; i++)
        {
            ParsedLine.Equal(parser, "just = words, here", "");
        }

        Assert.Equal("raw", parser.Format);
        ParsedLine.Equal(parser, """{"a":1}""", "");
    }

    [Fact]
    public void ForFile_EachFile_LearnsForItself()
    {
        var parser = ParsedLine.Parser("auto");
        var (one, other) = (parser.ForFile(), parser.ForFile());
        ParsedLine.Fields(one, """{"a":1}"""u8.ToArray());
        ParsedLine.Fields(other, "a=1 b=2"u8.ToArray());

        Assert.Equal(("json", "logfmt"), (one.Format, other.Format));
    }
}
