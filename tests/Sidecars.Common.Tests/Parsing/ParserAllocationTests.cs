using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class ParserAllocationTests
{
    [Theory]
    [InlineData("combined", "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET /\\x22 HTTP/1.1\" 200 612 \"-\" \"curl/8.1 (x; y)\"")]
    [InlineData("json", """{"level":"info","msg":"a \"b\" \u00e9","status":200,"ctx":{"a":[1,2]},"é":null}""")]
    [InlineData("json flat", """{"level":"info","ctx":{"a":[1,2],"b":{"c":"x\ny"}}}""")]
    [InlineData("json", """{"malformed":""")]
    [InlineData("logfmt", "level=info msg=\"hello \\\"you\\\"\" status=200 verbose")]
    [InlineData("common", "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET /\\\" HTTP/1.1\" 200 612")]
    [InlineData("cri", "2026-11-24T03:05:00.123456789Z stdout P hello")]
    [InlineData("docker", """{"log":"a\n","stream":"stdout","time":"2026-11-24T03:05:00.1Z"}""")]
    [InlineData("syslog", "<34>1 2003-10-11T22:14:15.003Z host su 12 ID47 [a@1 b=\"c\\]\"] x")]
    [InlineData("syslog", "<34>Oct 11 22:14:15 mymachine su[12]: x")]
    [InlineData("nginx_error", "2026/11/24 03:05:00 [error] 12#13: *14 failed, client: 10.0.0.1, host: \"shop\"")]
    [InlineData("log4j", "2026-11-24 03:05:00,123 INFO 12 --- [main] com.shop.Cart - Started")]
    [InlineData("auto", "level=info msg=\"hello\"")]
    public void TryParse_SteadyState_AllocatesNothing(string spec, string text)
    {
        var settings = new ParserSettings { Flatten = spec.EndsWith(" flat", StringComparison.Ordinal) };
        var parser = ParsedLine.Parser(spec.Split(' ')[0], settings);
        ArraySegment<byte> line = Encoding.UTF8.GetBytes(text);
        var fields = new FieldSet();
        Parse(parser, line, fields, 100);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Parse(parser, line, fields, 10_000);

        // less than a byte a line leaves room for what the runtime itself does on this thread now and then
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);
    }

    private static void Parse(LineParser parser, ArraySegment<byte> line, FieldSet fields, int times)
    {
        for (var i = 0; i < times; i++)
        {
            fields.Clear();
            parser.TryParse(line, fields);
        }
    }
}
