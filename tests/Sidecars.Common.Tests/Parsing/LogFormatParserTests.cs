using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class LogFormatParserTests
{
    private const string Time = "24/Nov/2026:03:05:00 +0000";

    [Theory]
    [InlineData(
        "combined",
        "10.0.0.1 - bob [" + Time + "] \"GET /a HTTP/1.1\" 200 612 \"-\" \"curl/8.1\"",
        "remote_addr=10.0.0.1|remote_user=bob|time_local=" + Time + "|request=GET /a HTTP/1.1|number:status=200|number:body_bytes_sent=612|http_user_agent=curl/8.1")]
    [InlineData(
        "main",
        "10.0.0.1 - - [" + Time + "] \"GET /\\x22\\xC3\\xA9 HTTP/1.1\" 404 0 \"-\" \"-\" \"1.2.3.4\"",
        "remote_addr=10.0.0.1|time_local=" + Time + "|request=GET /\"é HTTP/1.1|number:status=404|number:body_bytes_sent=0|http_x_forwarded_for=1.2.3.4")]
    [InlineData("$status $request_time $upstream_response_time", "200 0.123 0.001, 0.002", "number:status=200|number:request_time=0.123|upstream_response_time=0.001, 0.002")]
    [InlineData("$status|$request_time|$host", "000||7", "status=000|host=7")]
    [InlineData("log_format x escape=json '{\"u\":\"$http_user_agent\",\"s\":$status}';", "{\"u\":\"a\\\"b\\u00e9\",\"s\":200}", "http_user_agent=a\"bé|number:status=200")]
    [InlineData("log_format x escape=none '$request $status';", "a\\x22b 200", "request=a\\x22b|number:status=200")]
    public void TryParse_LineOfTheFormat_FieldsWithKinds(string spec, string line, string expected) => ParsedLine.Equal(spec, line, expected);

    [Fact]
    public void TryParse_OtherLine_FalseAndWhyInWords()
    {
        var parser = ParsedLine.Parser("combined");

        Assert.Null(ParsedLine.Fields(parser, "panic: oh"u8.ToArray()));
        Assert.Equal("at byte 0: no ' - ' ends $remote_addr", parser.Explain("panic: oh"u8.ToArray()));
    }

    [Fact]
    public void TryCreate_PatternInTheSettings_IsTheFormat() =>
        ParsedLine.Equal("log_format", "200 a", "number:status=200|a=a", new ParserSettings { Pattern = "$status $a" });

    [Theory]
    [InlineData("log_format", "log_format needs the format")]
    [InlineData("jsn", "'jsn' is not a known format; use one of ")]
    [InlineData("$a$b", "$a and $b stand side by side")]
    public void TryCreate_WhatIsNoFormat_ErrorSaysWhatToDo(string spec, string expected)
    {
        Assert.False(LineParsers.TryCreate(spec, ParserSettings.Default, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
