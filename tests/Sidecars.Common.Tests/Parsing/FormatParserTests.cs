using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

/// <summary>Each format with lines as its programs write them.</summary>
public class FormatParserTests
{
    [Theory]
    [InlineData(
        "common",
        "10.0.0.1 - bob [24/Nov/2026:03:05:00 +0000] \"GET /\\\" \\\\ HTTP/1.1\" 200 -",
        "remote_addr=10.0.0.1|remote_user=bob|time_local=24/Nov/2026:03:05:00 +0000|request=GET /\" \\ HTTP/1.1|number:status=200")]
    [InlineData(
        "vhost_combined",
        "shop:443 10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"a \\\"b\\\" c\"",
        "server_name=shop|number:server_port=443|remote_addr=10.0.0.1|time_local=24/Nov/2026:03:05:00 +0000|request=GET / HTTP/1.1|number:status=200|number:body_bytes_sent=12|http_user_agent=a \"b\" c")]
    [InlineData(
        "LogFormat \"%h %u %t \\\"%r\\\" %>s %{X-Forwarded-For}i %D\" mine",
        "10.0.0.1 - [24/Nov/2026:03:05:00 +0000] \"GET /\\xc3\\xa9\\t HTTP/1.1\" 404 1.2.3.4 1234",
        "remote_addr=10.0.0.1|time_local=24/Nov/2026:03:05:00 +0000|request=GET /é\t HTTP/1.1|number:status=404|http_x_forwarded_for=1.2.3.4|number:request_time_us=1234")]
    [InlineData("%{%Y-%m-%d}t 100%% %!200,304{Referer}i", "2026-11-24 100% http://a/", "time=2026-11-24|http_referer=http://a/")]
    public void Apache_LineOfTheFormat_Fields(string spec, string line, string expected) => ParsedLine.Equal(spec, line, expected);

    [Theory]
    [InlineData("2026-11-24T03:05:00.123456789Z stdout F hello  world", "time=2026-11-24T03:05:00.123456789Z|stream=stdout|message=hello  world")]
    [InlineData("2026-11-24T03:05:00.123456789+01:00 stderr P piece ", "time=2026-11-24T03:05:00.123456789+01:00|stream=stderr|boolean:partial=true|message=piece ")]
    [InlineData("2026-11-24T03:05:00.123456789Z stdout F:x ", "time=2026-11-24T03:05:00.123456789Z|stream=stdout|message=")]
    [InlineData("2026-11-24T03:05:00.123456789Z stdout F", "time=2026-11-24T03:05:00.123456789Z|stream=stdout|message=")]
    [InlineData("2026-11-24T03:05:00.123456789Z stdin F x", "(no match)")]
    [InlineData("2026-11-24T03:05:00.123456789Z stdout Fx", "(no match)")]
    [InlineData("stdout F x", "(no match)")]
    public void Cri_Line_Fields(string line, string expected) => ParsedLine.Equal("cri", line, expected);

    [Theory]
    [InlineData("""{"log":"a \"b\"\n","stream":"stdout","time":"2026-11-24T03:05:00.1Z"}""", "message=a \"b\"|stream=stdout|time=2026-11-24T03:05:00.1Z")]
    [InlineData("""{"log":"piece","stream":"stderr","time":"2026-11-24T03:05:00.1Z"}""", "message=piece|stream=stderr|time=2026-11-24T03:05:00.1Z|boolean:partial=true")]
    [InlineData("""{"log":1,"stream":"stderr"}""", "(no match)")]
    [InlineData("""{"msg":"x"}""", "(no match)")]
    public void Docker_Line_Fields(string line, string expected) => ParsedLine.Equal("docker", line, expected);

    // the examples of RFC 3164, 5.4 and RFC 5424, 6.5
    [Theory]
    [InlineData("syslog", "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", "facility=auth|severity=crit|time=Oct 11 22:14:15|host=mymachine|app=su|message='su root' failed for lonvick on /dev/pts/8")]
    [InlineData("syslog", "Nov  4 03:05:00 web sshd[812]: Accepted key", "time=Nov  4 03:05:00|host=web|app=sshd|number:pid=812|message=Accepted key")]
    [InlineData("syslog", "2026-11-24T03:05:00.123456+00:00 web kernel: [1.0] up", "time=2026-11-24T03:05:00.123456+00:00|host=web|app=kernel|message=[1.0] up")]
    [InlineData("rfc3164", "<13>Nov 24 03:05:00 web no tag here", "facility=user|severity=notice|time=Nov 24 03:05:00|host=web|message=no tag here")]
    [InlineData("syslog", "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed", "facility=auth|severity=crit|time=2003-10-11T22:14:15.003Z|host=mymachine.example.com|app=su|msgid=ID47|message='su root' failed")]
    [InlineData(
        "rfc5424",
        "<165>1 2003-10-11T22:14:15.003Z host evntslog 8710 ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"App \\\"x\\]\\n\"][examplePriority@32473 class=\"high\"] text",
        "facility=local4|severity=notice|time=2003-10-11T22:14:15.003Z|host=host|app=evntslog|number:pid=8710|msgid=ID47|exampleSDID@32473.iut=3|exampleSDID@32473.eventSource=App \"x]\\n|examplePriority@32473.class=high|message=text")]
    [InlineData("rfc5424", "<165>1 - - - - - [id]", "facility=local4|severity=notice|message=")]
    [InlineData("rfc5424", "Nov 24 03:05:00 web app: x", "(no match)")]
    [InlineData("rfc3164", "<165>1 - - - - - -", "(no match)")]
    [InlineData("syslog", "<165>1 - - - - - [id a=\"x]", "(no match)")]
    [InlineData("syslog", "<192>Nov 24 03:05:00 web app: x", "(no match)")]
    [InlineData("syslog", "hello", "(no match)")]
    public void Syslog_Line_Fields(string spec, string line, string expected) => ParsedLine.Equal(spec, line, expected);

    [Theory]
    [InlineData("1,\"two, \"\"2\"\"\",x", "number:a=1|b=two, \"2\"|c=x")]
    [InlineData(",,", "a=|b=|c=")]
    [InlineData("\"\",\"a\nb\",true", "a=|b=a\nb|boolean:c=true")]
    [InlineData("1,2", "(no match)")]
    [InlineData("1,2,3,4", "(no match)")]
    [InlineData("1,\"open,3", "(no match)")]
    [InlineData("1,\"a\"b,3", "(no match)")]
    public void Csv_Line_ColumnsByTheirNames(string line, string expected) =>
        ParsedLine.Equal("csv", line, expected, new ParserSettings { Columns = ["a", "b", "c"] });

    [Fact]
    public void Csv_OtherDelimiterAndNamelessColumn_LeftOut() =>
        ParsedLine.Equal("csv", "1;2,5;3", "number:a=1|number:c=3", new ParserSettings { Columns = ["a", "", "c"], Delimiter = ';' });

    [Theory]
    [InlineData(
        "2026/11/24 03:05:00 [error] 12#13: *14 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: _, request: \"GET /\"a\" HTTP/1.1\", upstream: \"http://127.0.0.1:81/\", host: \"shop\"",
        "time=2026/11/24 03:05:00|level=error|number:pid=12|number:tid=13|number:connection=14|message=connect() failed (111: Connection refused) while connecting to upstream|client=10.0.0.1|server=_|request=GET /\"a\" HTTP/1.1|upstream=http://127.0.0.1:81/|host=shop")]
    [InlineData("2026/11/24 03:05:00 [notice] 1#1: start worker processes", "time=2026/11/24 03:05:00|level=notice|number:pid=1|number:tid=1|message=start worker processes")]
    [InlineData("2026/11/24 03:05:00 [info] 1#1: *2 gone, client: x, odd", "time=2026/11/24 03:05:00|level=info|number:pid=1|number:tid=1|number:connection=2|message=gone, client: x, odd")]
    [InlineData("2026/11/24 03:05:00 error 1#1: x", "(no match)")]
    public void NginxError_Line_Fields(string line, string expected) => ParsedLine.Equal("nginx_error", line, expected);

    [Theory]
    [InlineData(
        "[Tue Nov 24 03:05:00.123456 2026] [core:error] [pid 12:tid 139] [client 10.0.0.1:80] AH00124: Request exceeded",
        "time=Tue Nov 24 03:05:00.123456 2026|module=core|level=error|number:pid=12|number:tid=139|client=10.0.0.1:80|code=AH00124|message=Request exceeded")]
    [InlineData("[Tue Nov 24 03:05:00 2026] [notice] caught SIGTERM", "time=Tue Nov 24 03:05:00 2026|level=notice|message=caught SIGTERM")]
    [InlineData("[yesterday] [notice] x", "(no match)")]
    public void ApacheError_Line_Fields(string line, string expected) => ParsedLine.Equal("apache_error", line, expected);

    [Theory]
    [InlineData("2026-11-24 03:05:00.123 UTC [812] LOG:  database system is ready", "time=2026-11-24 03:05:00.123 UTC|number:pid=812|level=LOG|message=database system is ready")]
    [InlineData("2026-11-24 03:05:00.123 CET [812] bob@shop ERROR:  relation \"x\" does not exist", "time=2026-11-24 03:05:00.123 CET|number:pid=812|user=bob|database=shop|level=ERROR|message=relation \"x\" does not exist")]
    [InlineData("2026-11-24 03:05:00.123 UTC [812] no level", "(no match)")]
    public void Postgresql_Line_Fields(string line, string expected) => ParsedLine.Equal("postgresql", line, expected);

    [Theory]
    [InlineData("2026-11-24 03:05:00,123 INFO  [main] com.shop.Cart - Started\n\tat x", "time=2026-11-24 03:05:00,123|level=INFO|thread=main|logger=com.shop.Cart|message=Started\n\tat x")]
    [InlineData("2026-11-24 03:05:00.123 [http-1] WARN com.shop.Cart: slow", "time=2026-11-24 03:05:00.123|thread=http-1|level=WARN|logger=com.shop.Cart|message=slow")]
    [InlineData("2026-11-24T03:05:00.123Z  INFO 812 --- [shop] [main] c.shop.Cart  : Started", "time=2026-11-24T03:05:00.123Z|level=INFO|number:pid=812|thread=shop|message=[main] c.shop.Cart  : Started")]
    [InlineData("2026-11-24T03:05:00.123Z  INFO 812 --- [main] c.shop.Cart  : Started", "time=2026-11-24T03:05:00.123Z|level=INFO|number:pid=812|thread=main|logger=c.shop.Cart|message=Started")]
    [InlineData("2026-11-24 03:05:00,123 ERROR plain words", "time=2026-11-24 03:05:00,123|level=ERROR|message=plain words")]
    [InlineData("2026-11-24 03:05:00,123 words only", "(no match)")]
    [InlineData("INFO words", "(no match)")]
    public void Log4j_Line_Fields(string line, string expected) => ParsedLine.Equal("log4j", line, expected);

    [Theory]
    [InlineData("2026-11-24 03:05:00,123 - shop.cart - WARNING - slow - very", "time=2026-11-24 03:05:00,123|level=WARNING|logger=shop.cart|message=slow - very")]
    [InlineData("ERROR:root:failed: x", "level=ERROR|logger=root|message=failed: x")]
    [InlineData("hello: there: x", "(no match)")]
    public void Python_Line_Fields(string line, string expected) => ParsedLine.Equal("python", line, expected);

    [Theory]
    [InlineData("info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://[::]:80", "level=info|logger=Microsoft.Hosting.Lifetime|number:event_id=14|message=Now listening on: http://[::]:80")]
    [InlineData("2026-11-24T03:05:00Z fail: Shop.Cart[0] broken", "time=2026-11-24T03:05:00Z|level=fail|logger=Shop.Cart|number:event_id=0|message=broken")]
    [InlineData("info: no category", "(no match)")]
    public void DotNet_Line_Fields(string line, string expected) => ParsedLine.Equal("dotnet", line, expected);

    [Fact]
    public void Raw_AnyLine_NoFields() => ParsedLine.Equal("raw", "anything", "");

    [Theory]
    [InlineData("apache", "apache needs the format")]
    [InlineData("%h%l", "two directives stand side by side")]
    [InlineData("%h %y", "%y is not known")]
    [InlineData("%h %{x", "the closing brace is missing")]
    [InlineData("csv", "csv needs the names of the columns")]
    [InlineData("regex", "regex needs the pattern")]
    public void TryCreate_WhatIsMissing_ErrorSaysSo(string spec, string expected)
    {
        Assert.False(LineParsers.TryCreate(spec, ParserSettings.Default, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cri", "2026-11-24T03:05:00.123456789Z stdout X y", "at byte 39: P or F must follow the stream")]
    [InlineData("syslog", "<34>x", "at byte 4: a time such as Nov 24 03:05:00 must stand here")]
    [InlineData("docker", "{\"msg\":1}", "the object has no \"log\" with text and \"stream\"")]
    [InlineData("combined", "x", "at byte 0: no ' - ' ends $remote_addr")]
    public void Explain_OtherLine_SaysWhereAndWhat(string spec, string line, string expected) =>
        Assert.Equal(expected, ParsedLine.Parser(spec).Explain(Encoding.UTF8.GetBytes(line)));
}
