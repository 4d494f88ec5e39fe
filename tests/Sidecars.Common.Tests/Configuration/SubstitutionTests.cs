using Sidecars.Testing;

namespace Sidecars.Common.Tests.Configuration;

public class SubstitutionTests
{
    private static readonly Dictionary<string, string> Environment = new() { ["HOST"] = "db", ["PORT"] = "5432", ["EMPTY"] = "" };

    [Theory]
    [InlineData("${HOST}", "db")]
    [InlineData("a-${HOST}:${PORT}-z", "a-db:5432-z")]
    [InlineData("${EMPTY:-fallback}", "fallback")]
    [InlineData("${NONE:-}", "")]
    [InlineData("${NONE:-a:-b}", "a:-b")]
    [InlineData("$${HOST}", "${HOST}")]
    [InlineData("$remote_addr $$ $", "$remote_addr $$ $")]
    [InlineData("app_${1}_${12}", "app_${1}_${12}")]
    public void Apply_Value_IsFilledIn(string written, string expected) =>
        Assert.Equal(expected, Load.Text($"targets: [{{ name: '{written}', paths: [/x] }}]", Environment).Options.Targets[0].Name);

    [Fact]
    public void Apply_NumberFromTheEnvironment_IsANumber() =>
        Assert.Equal(5432, Load.Text("weights:\n  db: ${PORT}", Environment).Options.Weights["db"]);

    [Theory]
    [InlineData("${NONE}", "the environment variable NONE is not set; set it, write ${NONE:-default}, or $${NONE} for the text itself")]
    [InlineData("${HOST", "'${' has no closing brace; write '$${' for a literal '${'")]
    [InlineData("${file:/nonexistent}", "the file '/nonexistent' cannot be read: ")]
    public void Apply_CannotBeFilled_IsAProblemAtItsPlace(string written, string expected) =>
        Assert.StartsWith(
            $"sample.yaml:1:18: targets[0].name: {expected}",
            Assert.Single(Load.Problems($"targets: [{{name: '{written}', paths: [/x]}}]")),
            StringComparison.Ordinal);

    [Fact]
    public void Apply_File_GivesItsTextWithoutTheLastLineEnd()
    {
        using var folder = new TempFolder();
        var secret = folder.Write("secret", "pass word\n");

        Assert.Equal("pass word", Load.Text($"targets: [{{ name: a, paths: [/x], password: '${{file:{secret}}}' }}]").Options.Targets[0].Password!.Reveal());
    }

    [Fact]
    public void Apply_FileInASecret_IsFollowedAndStaysWhenItIsGone()
    {
        using var folder = new TempFolder();
        var file = folder.Write("token", "one\n");
        var secret = Load.Text($"targets: [{{ name: a, paths: [/x], password: 'Bearer ${{file:{file}}} of ${{HOST}}' }}]", Environment).Options.Targets[0].Password!;
        Assert.Equal("Bearer one of db", secret.Reveal());

        folder.Write("token", "two\n");
        Assert.Equal("Bearer two of db", secret.Reveal());

        folder.Write("token", "");
        Assert.Equal("Bearer two of db", secret.Reveal());

        File.Delete(file);
        Assert.Equal("Bearer two of db", secret.Reveal());
    }
}
