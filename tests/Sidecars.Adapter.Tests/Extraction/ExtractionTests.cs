using System.Text;
using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Tests.Extraction;

public class ExtractionTests
{
    [Theory]
    [InlineData("\"$request\" $status", "\"GET /a HTTP/1.1\" 200", "method=GET|uri=/a|protocol=HTTP/1.1")]
    [InlineData("\"$request\" $status", "\"\\x16\\x03\" 400", "method=|uri=\\x16\\x03|protocol=")]
    [InlineData("\"$request\" $status", "\"\" 400", "method=|uri=|protocol=")]
    [InlineData("$request_method $request_uri $server_protocol", "PUT /x HTTP/2.0", "method=PUT|uri=/x|protocol=HTTP/2.0")]
    [InlineData("$method $uri HTTP/$protocol", "GET / HTTP/1.1", "method=GET|uri=/|protocol=1.1")]
    public void FormatExtractor_RequestParts_FromTheRequestOrTheFormatsOwnVariables(string format, string line, string expected)
    {
        var extractor = new FormatExtractor(LogFormat.Compile(format));
        var fields = new FieldSpan[extractor.Fields.Count];
        var bytes = Encoding.UTF8.GetBytes(line);
        Assert.True(extractor.Extract(bytes, fields).IsMatch);
        var sample = new Sample(bytes, fields);

        foreach (var part in expected.Split('|').Select(part => part.Split('=')))
        {
            Assert.Equal(part[1], Encoding.UTF8.GetString(sample[extractor.IndexOf(part[0])]));
        }

        Assert.Equal(-1, extractor.IndexOf("nothing"));
    }

    [Theory]
    [InlineData("Active connections: 3 \nserver accepts handled requests\n 10 9 22 \nReading: 0 Writing: 1 Waiting: 2 \n", true)]
    [InlineData("Active connections: 3\r\nserver accepts handled requests\r\n 10 9 22\r\nReading: 0 Writing: 1 Waiting: 2", true)]
    [InlineData("Active connections: 3", false)]
    [InlineData("<html>404</html>", false)]
    [InlineData("", false)]
    public void StubStatus_Page_LayoutDoesNotMatter(string page, bool matches)
    {
        var extractor = new FormatExtractor(LogFormat.Compile(PageText.Format("stub_status")));
        var bytes = Encoding.UTF8.GetBytes(page);
        var text = bytes.AsSpan(0, PageText.Normalise(bytes));
        var fields = new FieldSpan[extractor.Fields.Count];

        Assert.Equal(matches, extractor.Extract(text, fields).IsMatch);
        if (matches)
        {
            var sample = new Sample(text, fields);
            Assert.Equal("9", Encoding.UTF8.GetString(sample[extractor.IndexOf("handled")]));
            Assert.Equal("2", Encoding.UTF8.GetString(sample[extractor.IndexOf("waiting")]));
        }
    }

    [Fact]
    public void PageText_OwnSample_IsOneLine() => Assert.Equal("Total: $total Idle: $idle", PageText.Format("Total:  $total\n  Idle: $idle\n"));
}
