using System.Text.RegularExpressions;
using Sidecars.Common.Parsing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Parsing;

/// <summary>docs/parsing.md says what the parsers do.</summary>
public partial class ParsingPageTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "parsing.md"));

    public static TheoryData<string, string, string> Examples
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (Match match in Example().Matches(Page))
            {
                data.Add(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Line_HasTheFieldsItSays(string setting, string line, string fields)
    {
        var expected = fields.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(field => KindOfField().Replace(field, "$1:").Replace(" = ", "=", StringComparison.Ordinal));

        ParsedLine.Equal(Word(setting), line, string.Join('|', expected), Settings(setting));
    }

    [Fact]
    public void Page_EveryWordOfAParser_IsNamed()
    {
        Assert.True(Examples.Count > 15);
        Assert.All(LineParsers.Words.Except(["apache"]), word => Assert.Contains($"`{word}", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_EveryFieldAndWordOfTimesAndSeverities_IsNamed() =>
        Assert.All([.. WellKnownFields.Times, .. WellKnownFields.Severities, .. TimestampParser.Words], word => Assert.Contains($"`{word}`", Page, StringComparison.Ordinal));

    private static string Word(string setting) => setting switch
    {
        ['\'', .. var quoted, '\''] => quoted,
        ['{', ..] => FormatKey().Match(setting).Groups[1].Value,
        _ => setting,
    };

    private static ParserSettings Settings(string setting) => setting[0] != '{' ? ParserSettings.Default : new ParserSettings
    {
        Flatten = setting.Contains("flatten: true", StringComparison.Ordinal),
        Columns = ColumnsKey().Match(setting) is { Success: true } columns ? columns.Groups[1].Value.Split(", ") : [],
        Delimiter = DelimiterKey().Match(setting) is { Success: true } delimiter ? delimiter.Groups[1].Value[0] : ',',
    };

    [GeneratedRegex("```yaml\nparse: (.*?)\n```\n```log\n(.*?)\n```\n```fields\n(.*?)\n?```", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^(number|boolean|null|json) ")]
    private static partial Regex KindOfField();

    [GeneratedRegex("format: (\\w+)")]
    private static partial Regex FormatKey();

    [GeneratedRegex("columns: \\[(.*?)\\]")]
    private static partial Regex ColumnsKey();

    [GeneratedRegex("delimiter: (.)")]
    private static partial Regex DelimiterKey();
}
