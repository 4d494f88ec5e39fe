using Sidecars.Common.Expressions;

namespace Sidecars.Common.Tests.Expressions;

public class ArithmeticTests
{
    [Theory]
    [InlineData("a + b * c", 14)]
    [InlineData("(a + b) * c", 20)]
    [InlineData("a - b - c", -5)]
    [InlineData("c / a / a", 1)]
    [InlineData("c % b", 1)]
    [InlineData("-a + 1", -1)]
    [InlineData("- (a + b) * -2", 10)]
    [InlineData("a*1024", 2048)]
    [InlineData("$a / .5", 4)]
    [InlineData("`a` - -1", 3)]
    [InlineData("[\"b\"] * 1e3", 3000)]
    [InlineData("7", 7)]
    public void Evaluate_Text_Number(string text, double expected)
    {
        Assert.True(Arithmetic.TryCompile(text, out var arithmetic, out _));
        var values = arithmetic.Fields.Select(field => field switch { "a" => 2.0, "b" => 3.0, _ => 4.0 }).ToArray();

        Assert.Equal(expected, arithmetic.Evaluate(values));
    }

    [Fact]
    public void Evaluate_DivisionByZero_IsNotFinite()
    {
        Assert.True(Arithmetic.TryCompile("a / b", out var arithmetic, out _));

        Assert.False(double.IsFinite(arithmetic.Evaluate([1, 0])));
        Assert.False(double.IsFinite(arithmetic.Evaluate([0, 0])));
    }

    [Fact]
    public void Fields_NamesWithDashAndSlash_StayWhole()
    {
        Assert.True(Arithmetic.TryCompile("bytes-in + stats/out + bytes-in", out var arithmetic, out _));

        Assert.Equal(["bytes-in", "stats/out"], arithmetic.Fields);
    }

    [Theory]
    [InlineData("a +", "at character 4: the expression ends too early")]
    [InlineData("a b", "at character 3: 'b' cannot stand here; expected: ")]
    [InlineData("(a", "at character 3: the expression ends too early")]
    [InlineData("a * ?", "at character 5: '?' cannot stand here")]
    public void TryCompile_Mistake_PlaceAndReason(string text, string expected)
    {
        Assert.False(Arithmetic.TryCompile(text, out _, out var error));
        Assert.StartsWith(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TryCompile_DeepNesting_IsRefused()
    {
        Assert.False(Arithmetic.TryCompile(new string('(', 1000) + "a" + new string(')', 1000), out _, out var error));
        Assert.Contains("too deep", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", false)]
    [InlineData("stats.depth", false)]
    [InlineData("Total Accesses", false)]
    [InlineData("queues[*].n", false)]
    [InlineData("a-b", false)]
    [InlineData("a - b", true)]
    [InlineData("`a-b`", true)]
    [InlineData("(a)", true)]
    public void IsMeant_Text_OnlyWithOperators(string text, bool expected) => Assert.Equal(expected, Arithmetic.IsMeant(text));
}
