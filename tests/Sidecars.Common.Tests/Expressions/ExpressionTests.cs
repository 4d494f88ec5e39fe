using System.Text;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Expressions;

public sealed class ExpressionTests
{
    private static readonly Dictionary<string, string> Fields = new()
    {
        ["status"] = "503",
        ["request_time"] = "0.125",
        ["method"] = "GET",
        ["uri"] = "/api/v1/users?id=7",
        ["user"] = "-",
        ["empty"] = "",
        ["level"] = "WARNING",
        ["http.host"] = "café.example",
        ["odd name"] = "x",
        ["word"] = "not",
        ["long"] = new string('a', 2000) + "b",
        ["exists"] = "yes",
    };

    [Theory]
    [InlineData("status == 503", true)]
    [InlineData("status == 503.0", true)]
    [InlineData("status == \"503\"", true)]
    [InlineData("status == \"503.0\"", false)]
    [InlineData("$status != 503", false)]
    [InlineData("status >= 500", true)]
    [InlineData("status > 503", false)]
    [InlineData("status <= 503 and status < 504", true)]
    [InlineData("request_time < .2", true)]
    [InlineData("request_time > 1.2e-1", true)]
    [InlineData("request_time > -1", true)]
    [InlineData("method == GET", true)]
    [InlineData("method == 'GET'", true)]
    [InlineData("method == get", false)]
    [InlineData("method > 3", false)]
    [InlineData("method in [POST, GET]", true)]
    [InlineData("method not in [POST, \"GET\"]", false)]
    [InlineData("status in [404, 503]", true)]
    [InlineData("status in [404,500]", false)]
    [InlineData("uri contains \"v1\"", true)]
    [InlineData("uri starts_with /api", true)]
    [InlineData("uri ends_with \"id=7\"", true)]
    [InlineData("uri ends_with \"id=8\"", false)]
    [InlineData("uri =~ \"^/api/v\\d+/\"", true)]
    [InlineData("uri !~ '^/api/v\\d+/'", false)]
    [InlineData("uri =~ \"(?i)USERS\"", true)]
    [InlineData("long =~ \"^a+b$\"", true)]
    [InlineData("long =~ \"^(a+)+c$\"", false)]
    [InlineData("level >= warn", true)]
    [InlineData("level > warn", false)]
    [InlineData("level < error", true)]
    [InlineData("method >= debug", false)]
    [InlineData("exists(status)", true)]
    [InlineData("exists(user)", false)]
    [InlineData("exists(empty)", false)]
    [InlineData("missing(nothing)", true)]
    [InlineData("missing(status)", false)]
    [InlineData("user == \"-\"", false)]
    [InlineData("nothing == 1", false)]
    [InlineData("nothing != 1", true)]
    [InlineData("nothing !~ \"a\"", true)]
    [InlineData("http.host == \"café.example\"", true)]
    [InlineData("http.host =~ \"caf.\\\\.ex\"", false)]
    [InlineData("http.host =~ \"^caf.\\.ex\"", true)]
    [InlineData("`odd name` == x", true)]
    [InlineData("[\"odd name\"] == x", true)]
    [InlineData("word == not", true)]
    [InlineData("exists == yes", true)]
    [InlineData("not status == 503", false)]
    [InlineData("! status == 404", true)]
    [InlineData("not not status == 503", true)]
    [InlineData("not (status == 404 or method == POST)", true)]
    [InlineData("status == 404 or status == 503 and method == POST", false)]
    [InlineData("(status == 503 or status == 404) && method == GET", true)]
    [InlineData("method == POST || method == GET", true)]
    [InlineData("  status==503 and(method==GET)", true)]
    public void IsTrue_OverFields_IsAsWritten(string text, bool expected)
    {
        Assert.True(Expression.TryCompile(text, out var expression, out var error), error?.ToString());
        Assert.Equal(expected, expression.IsTrue(default, new Values(expression)));
    }

    [Theory]
    [InlineData("", 0, "the expression is empty")]
    [InlineData("status", 6, "the expression ends too early; expected: ")]
    [InlineData("status = 503", 7, "to compare, write ==")]
    [InlineData("status == 503 method", 14, "'method' cannot stand here; expected: ")]
    [InlineData("(status == 503", 14, "the expression ends too early; expected: ")]
    [InlineData("status == \"503", 14, "a quote is not closed")]
    [InlineData("status == 503and method == GET", 10, "'503and' cannot stand here; expected: ")]
    [InlineData("status > \"abc\"", 9, "'abc' has no order")]
    [InlineData("status in [1 2]", 13, "'2]' cannot stand here; expected: ")]
    [InlineData("uri =~ \"(a\"", 7, "no regular expression: ")]
    [InlineData("uri =~ \"(?=a)b\"", 7, "cannot be done in bounded time")]
    [InlineData("status == 503 AND method == GET", 14, "small letters")]
    public void TryCompile_Mistake_SaysWhereAndHow(string text, int position, string message)
    {
        Assert.False(Expression.TryCompile(text, out _, out var error));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void TryCompile_TooDeep_IsRefused()
    {
        Assert.False(Expression.TryCompile(new string('(', 3000) + "a == 1", out _, out var error));
        Assert.Contains("too deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_EachOnce_InTheirOrder()
    {
        Assert.True(Expression.TryCompile("a == 1 and b == 2 or exists(a)", out var expression, out _));
        Assert.Equal(["a", "b"], expression.Fields);
    }

    private sealed class Values(Expression expression) : FieldSource
    {
        private readonly byte[]?[] _values = [.. expression.Fields.Select(name => Fields.TryGetValue(name, out var value) ? Encoding.UTF8.GetBytes(value) : null)];

        public override bool TryGet(int field, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
        {
            value = _values[field];
            return _values[field] is not null;
        }

        public override bool TrySeverity(ReadOnlySpan<byte> value, out int severity) => SeverityText.TryRead(value, out severity);
    }
}
