using System.Text.RegularExpressions;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests;

/// <summary>docs/outputs.md against the code.</summary>
public class OutputsPageTests
{
    [Fact]
    public async Task Page_EveryExample_IsRight()
    {
        using var folder = new TempFolder();
        var examples = Regex.Matches(File.ReadAllText(Repository.PathOf("docs", "outputs.md")), "```yaml\n(.*?)```", RegexOptions.Singleline);
        Assert.NotEmpty(examples);
        var secret = folder.Write("secret", "secret");
        foreach (var yaml in examples.Select(example => Regex.Replace(example.Groups[1].Value, @"\$\{file:[^}]*\}", $"${{file:{secret}}}")))
        {
            var (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["check", folder.Write("collector.yaml", yaml)]);
            Assert.True(exitCode == 0, yaml + error);
        }
    }
}
