using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class LogValueTests
{
    [Theory]
    [InlineData(LogEscape.Default, "a\\x22b\\x5C\\x0A", "a\"b\\\n")]
    [InlineData(LogEscape.Default, "\\xC3\\xA9", "é")]
    [InlineData(LogEscape.Default, "\\x2\\xZZ\\n\\", "\\x2\\xZZ\\n\\")]
    [InlineData(LogEscape.Json, "a\\\"b\\\\\\n\\t\\r\\b\\f\\/", "a\"b\\\n\t\r\b\f/")]
    [InlineData(LogEscape.Json, "\\u001F\\u00e9\\ud83d\\ude00", "\u001fé😀")]
    [InlineData(LogEscape.Json, "\\ud83d\\u12\\q\\", "\uFFFD\\u12\\q\\")]
    [InlineData(LogEscape.None, "a\\x22", "a\\x22")]
    public void Unescape_Value_AsTheClientSentIt(LogEscape escape, string value, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        var destination = new byte[bytes.Length];

        var length = LogEscapes.Unescape(escape, bytes, destination);

        Assert.Equal(expected, Encoding.UTF8.GetString(destination, 0, length));
        Assert.Equal(escape != LogEscape.None, LogEscapes.IsEscaped(escape, bytes));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", "GET", "/", "HTTP/1.1")]
    [InlineData("GET /a b?c HTTP/1.0", "GET", "/a b?c", "HTTP/1.0")]
    [InlineData("GET /", "GET", "/", "")]
    [InlineData("GET ", "GET", "", "")]
    [InlineData("\\x16\\x03\\x01", "", "\\x16\\x03\\x01", "")]
    [InlineData("-", "", "-", "")]
    [InlineData(" x", "", " x", "")]
    [InlineData("", "", "", "")]
    public void RequestLine_Request_Parts(string request, string method, string uri, string protocol)
    {
        var parts = RequestLine.Split(Encoding.UTF8.GetBytes(request));

        Assert.Equal([method, uri, protocol], new[] { Encoding.UTF8.GetString(parts.Method), Encoding.UTF8.GetString(parts.Uri), Encoding.UTF8.GetString(parts.Protocol) });
    }

    [Theory]
    [InlineData("0.123", true, 0.123)]
    [InlineData("12", true, 12)]
    [InlineData("-1.5", true, -1.5)]
    [InlineData("-", false, 0)]
    [InlineData("", false, 0)]
    [InlineData("12ms", false, 0)]
    [InlineData("NaN", false, 0)]
    [InlineData("Infinity", false, 0)]
    public void TryNumber_Value_OnlyFiniteNumbers(string value, bool isNumber, double expected)
    {
        Assert.Equal(isNumber, LogValue.TryNumber(Encoding.UTF8.GetBytes(value), out var number));
        Assert.Equal(expected, isNumber ? number : 0);
    }

    [Theory]
    [InlineData("0.5", true, 0.5)]
    [InlineData("0.5, 0.25 : 0.25", true, 1)]
    [InlineData("-, 0.25", true, 0.25)]
    [InlineData("-", false, 0)]
    [InlineData("", false, 0)]
    [InlineData("0.5, x", false, 0)]
    public void TrySum_ListOfUpstreams_Sum(string value, bool isSum, double expected)
    {
        Assert.Equal(isSum, LogValue.TrySum(Encoding.UTF8.GetBytes(value), out var sum));
        Assert.Equal(expected, isSum ? sum : 0);
    }
}
