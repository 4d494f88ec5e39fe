using System.Text.Json;

namespace Sidecars.Collector.Tests.Outputs.Elasticsearch;

/// <summary>Reads a bulk request as strictly as the interface is written: pairs of lines, the last one ended, nothing else.</summary>
internal static class BulkRequest
{
    public static IReadOnlyList<BulkDocument> Read(string body)
    {
        Assert.EndsWith("\n", body, StringComparison.Ordinal);
        var lines = body.Split('\n')[..^1];
        Assert.Equal(0, lines.Length % 2);
        return [.. lines.Chunk(2).Select(pair => Read(pair[0], pair[1]))];
    }

    private static BulkDocument Read(string action, string source)
    {
        var member = Assert.Single(JsonDocument.Parse(action).RootElement.EnumerateObject().ToList());
        Assert.Equal("create", member.Name);
        Assert.Equal(["_index", "_id"], member.Value.EnumerateObject().Select(part => part.Name));
        var document = JsonDocument.Parse(source).RootElement;
        Assert.Equal(document.EnumerateObject().Count(), document.EnumerateObject().Select(part => part.Name).Distinct().Count());
        return new BulkDocument(member.Value.GetProperty("_index").GetString()!, member.Value.GetProperty("_id").GetString()!, document);
    }
}

/// <summary>One document and where it is to go.</summary>
internal sealed record BulkDocument(string Index, string Id, JsonElement Source);
