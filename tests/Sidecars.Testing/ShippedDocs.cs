using System.Text.Json.Nodes;

namespace Sidecars.Testing;

/// <summary>Holds the files in docs/ against the program they describe.</summary>
public static class ShippedDocs
{
    /// <summary>The schema in docs/schema is the one that the program prints.</summary>
    public static async Task<string> DifferenceOfSchemaAsync(string name)
    {
        var file = Repository.PathOf("docs", "schema", $"{name}.json");
        var (_, printed, _) = await SidecarProcess.RunAsync(name, ["config", "--schema"]);
        return File.Exists(file) && await File.ReadAllTextAsync(file) == printed ? "" : $"out of date; mend it with: {name} config --schema > docs/schema/{name}.json";
    }

    /// <summary>The keys of the configuration that neither docs/NAME.md nor docs/common.md nor the other pages name, in backticks or in an example.</summary>
    public static async Task<IReadOnlyList<string>> UndocumentedKeysAsync(string name, params string[] otherPages)
    {
        var (_, printed, _) = await SidecarProcess.RunAsync(name, ["config", "--schema"]);
        var text = string.Concat(await Task.WhenAll(otherPages.Append(name).Append("common").Select(page => File.ReadAllTextAsync(Repository.PathOf("docs", $"{page}.md")))));
        return [.. Keys(JsonNode.Parse(printed)!).Distinct().Where(k => !text.Contains($"{k}`", StringComparison.Ordinal) && !text.Contains($"{k}:", StringComparison.Ordinal))];
    }

    /// <summary>What <c>check</c> says of the README's example; empty when it is right.</summary>
    public static async Task<string> ProblemsOfReadmeExampleAsync(string name)
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var start = readme.IndexOf($"```yaml\n# {name}.yaml:", StringComparison.Ordinal) + "```yaml\n".Length;
        using var folder = new TempFolder();
        var file = folder.Write($"{name}.yaml", readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]);
        var (exitCode, output, error) = await SidecarProcess.RunAsync(name, ["check", file]);
        return exitCode == 0 && output == $"{file}: ok\n" ? "" : error;
    }

    private static IEnumerable<string> Keys(JsonNode schema) => schema switch
    {
        JsonObject node => node.SelectMany(e => e is { Key: "properties", Value: JsonObject properties }
            ? properties.Select(p => p.Key).Concat(properties.SelectMany(p => Keys(p.Value!)))
            : e.Value is null ? [] : Keys(e.Value)),
        JsonArray items => items.SelectMany(i => i is null ? [] : Keys(i)),
        _ => [],
    };
}
