using System.Text;
using Sidecars.Common.Parsing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Parsing;

public class LogFormatTests
{
    private const string Time = "24/Nov/2026:03:05:00 +0000";

    [Fact]
    public void Scan_Combined_EveryFieldByItsName()
    {
        var fields = Cut("combined", $"10.0.0.1 - - [{Time}] \"GET /a?b=c HTTP/1.1\" 200 612 \"-\" \"curl/8.1 (x; y)\"");

        Assert.Equal(
            ["remote_addr=10.0.0.1", "remote_user=-", $"time_local={Time}", "request=GET /a?b=c HTTP/1.1", "status=200", "body_bytes_sent=612", "http_referer=-", "http_user_agent=curl/8.1 (x; y)"],
            fields);
    }

    [Theory]
    [InlineData("$a $b", "1 2 3", "a=1|b=2 3")]
    [InlineData("$a - $b;", "1 - 2;", "a=1|b=2")]
    [InlineData("<$a>", "<>", "a=")]
    [InlineData("${a}b$c", "xbz", "a=x|c=z")]
    [InlineData("$a|$a", "1|2", "a=1|a=2")]
    [InlineData("é$a→$b", "é1→2", "a=1|b=2")]
    [InlineData("$a  $b", "x y  z", "a=x y|b=z")]
    [InlineData("$status", "200", "status=200")]
    public void Scan_LineOfTheFormat_Fields(string format, string line, string expected) => Assert.Equal(expected.Split('|'), Cut(format, line));

    [Theory]
    [InlineData("$remote_user [$time_local] $status", "a [b [" + Time + "] 200", "remote_user=a [b|time_local=" + Time + "|status=200")]
    [InlineData("$time_local $status", Time + " 200", "time_local=" + Time + "|status=200")]
    [InlineData("$time_iso8601 $status", "2026-11-24T03:05:00+00:00 200", "time_iso8601=2026-11-24T03:05:00+00:00|status=200")]
    [InlineData("$request $status $body_bytes_sent", "GET /a b HTTP/1.1 404 12", "request=GET /a b HTTP/1.1|status=404|body_bytes_sent=12")]
    [InlineData("$upstream_response_time $status", "0.001, 0.002 : - 200", "upstream_response_time=0.001, 0.002 : -|status=200")]
    [InlineData("$upstream_addr,$upstream_status,$status", "a:1, b:2,200, 201,201", "upstream_addr=a:1, b:2|upstream_status=200, 201|status=201")]
    [InlineData("$upstream_status:$a", "502, 200:x", "upstream_status=502, 200|a=x")]
    [InlineData("$a $status $b", "x - y", "a=x|status=-|b=y")]
    public void Scan_ValueThatHoldsItsSeparator_EndIsFoundByTheKnownShape(string format, string line, string expected) => Assert.Equal(expected.Split('|'), Cut(format, line));

    [Fact]
    public void Scan_JsonEscapes_QuoteWithinAValueDoesNotEndIt()
    {
        var fields = Cut("escape=json '{\"ua\":\"$http_user_agent\",\"s\":\"$status\"}'", "{\"ua\":\"x\\\",\\\"s\\\":\\\"\\\\\",\"s\":\"200\"}");

        Assert.Equal(["http_user_agent=x\\\",\\\"s\\\":\\\"\\\\", "status=200"], fields);
    }

    [Theory]
    [InlineData("[$a] $b", "x", 0, 0, "at byte 0: the format begins with '['")]
    [InlineData("[$a] $b", "[x", 0, 1, "at byte 1: no '] ' ends $a")]
    [InlineData("[$a] $b.", "[x] y", 1, 4, "at byte 4: $b must be followed by '.' and the end of the line")]
    [InlineData("$a \"$b\" $c", "1 \"2", 1, 3, "at byte 3: no '\" ' ends $b")]
    [InlineData("$a $b", "", 0, 0, "at byte 0: no ' ' ends $a")]
    public void Scan_LineOfAnotherFormat_SaysWhichFieldAndWhere(string format, string line, int field, int offset, string explanation)
    {
        var compiled = LogFormat.Compile(format);

        var match = compiled.Scan(Encoding.UTF8.GetBytes(line), new FieldSpan[compiled.Variables.Count]);

        Assert.Equal(new LineMatch(field, offset), match);
        Assert.Equal(explanation, compiled.Explain(match));
    }

    [Theory]
    [InlineData("log_format main '$remote_addr - '\n                '\"$request\"';", "$remote_addr - \"$request\"")]
    [InlineData("'$a it\\'s ' '$b';", "$a it's $b")]
    [InlineData("log_format x \"$a \\\"$b\\\"\";", "$a \"$b\"")]
    [InlineData("\"$a\" \"$b\"", "\"$a\" \"$b\"")]
    [InlineData("  $a\n $b\n", "$a $b")]
    public void Compile_PastedDirective_QuotesAreTakenOffAsNginxDoes(string pasted, string format) => Assert.Equal(format, LogFormat.Compile(pasted).Text);

    [Theory]
    [InlineData("log_format x escape=json '$a';", LogEscape.Json)]
    [InlineData("log_format x escape=none '$a';", LogEscape.None)]
    [InlineData("escape=default '$a'", LogEscape.Default)]
    [InlineData("$a", LogEscape.Default)]
    public void Compile_EscapeParameter_IsTaken(string pasted, LogEscape escape) => Assert.Equal(escape, LogFormat.Compile(pasted).Escape);

    [Theory]
    [InlineData("$a$b", 3, "$a and $b stand side by side")]
    [InlineData("x ${a}${b}", 7, "$a and $b stand side by side")]
    [InlineData("$a $$ $b", 4, "a dollar without a variable's name")]
    [InlineData("$a costs $", 10, "a dollar without a variable's name")]
    [InlineData("$a ${b", 4, "the closing brace of ${b is missing")]
    [InlineData("", 1, "the format is empty")]
    [InlineData("mine", 1, "'mine' is not a known format; paste the string of that log_format, or use one of combined, main")]
    [InlineData("no variable", 1, "the format has no variable")]
    [InlineData("log_format x escape=xml '$a';", 14, "escape=xml is unknown")]
    [InlineData("log_format x '$a", 14, "no closing '")]
    [InlineData("log_format x", 1, "the directive has no format")]
    public void Compile_MistakenFormat_ErrorWithPositionAndRemedy(string format, int character, string message)
    {
        Assert.False(LogFormat.TryCompile(format, out _, out var error));
        Assert.StartsWith($"at character {character}: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_Line_AllocatesNothing()
    {
        var format = LogFormat.Compile("combined");
        var line = Encoding.UTF8.GetBytes($"10.0.0.1 - - [{Time}] \"GET / HTTP/1.1\" 200 612 \"-\" \"curl\"");
        var values = new FieldSpan[format.Variables.Count];
        format.Scan(line, values);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                format.Scan(line, values);
            }
        }));
    }

    [Theory]
    [InlineData("combined")]
    [InlineData("main")]
    [InlineData("$a")]
    [InlineData("$remote_user [$time_local] $request $status $upstream_response_time $upstream_addr")]
    [InlineData("escape=json '{\"a\":\"$a\",\"u\":\"$upstream_status\",\"t\":\"$time_iso8601\"}'")]
    public void Scan_Garbage_ValuesAreWithinTheLineAndInOrder(string text)
    {
        var format = LogFormat.Compile(text);
        var values = new FieldSpan[format.Variables.Count];
        var random = new Random(5);
        var alphabet = Encoding.UTF8.GetBytes(format.Text + " - [] \"\\, : 24/Nov/2026:03:05:00 +0000 200\0é");
        for (var i = 0; i < 20_000; i++)
        {
            var line = new byte[random.Next(0, 200)];
            for (var at = 0; at < line.Length; at++)
            {
                line[at] = random.Next(20) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            var match = format.Scan(line, values);

            Assert.NotEmpty(format.Explain(match));
            Assert.InRange(match.Offset, 0, line.Length);
            if (match.IsMatch)
            {
                AssertOrdered(values, line.Length);
            }
        }
    }

    private static void AssertOrdered(FieldSpan[] values, int length)
    {
        var at = 0;
        foreach (var value in values)
        {
            Assert.True(value.Start >= at && value.Length >= 0);
            at = value.Start + value.Length;
        }

        Assert.True(at <= length);
    }

    private static List<string> Cut(string format, string line)
    {
        var compiled = LogFormat.Compile(format);
        var bytes = Encoding.UTF8.GetBytes(line);
        var values = new FieldSpan[compiled.Variables.Count];
        var match = compiled.Scan(bytes, values);
        Assert.True(match.IsMatch, compiled.Explain(match));
        return [.. compiled.Variables.Select((name, i) => $"{name}={Encoding.UTF8.GetString(values[i].Of(bytes))}")];
    }
}
