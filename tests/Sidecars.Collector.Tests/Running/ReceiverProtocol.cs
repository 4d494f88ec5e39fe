using System.Text.Json;
using Sidecars.Collector.Tests.Outputs;
using Sidecars.Collector.Tests.Outputs.Elasticsearch;
using Sidecars.Collector.Tests.Outputs.Loki;
using Sidecars.Collector.Tests.Protos.Otlp;

namespace Sidecars.Collector.Tests.Running;

/// <summary>A receiver's side of a protocol, as its specification has it: what lines a request holds, and how one of them is refused.</summary>
/// <param name="Output">The output's configuration; PORT stands for the receiver's port.</param>
/// <param name="Lines">The lines of a request, in their order.</param>
/// <param name="Refuse">The answer to a request of which one line is not taken; whether the others are is told by the flag.</param>
internal sealed record ReceiverProtocol(string Output, Func<ReceivedRequest, string[]> Lines, Func<string[], (ReceiverAnswer Answer, bool TakesTheRest)> Refuse)
{
    /// <summary>The line that no receiver takes.</summary>
    public const string Poison = "poison";

    /// <summary>The answer to a request that is taken as a whole.</summary>
    public ReceiverAnswer Taken { get; init; } = new(200);

    public static IReadOnlyDictionary<string, ReceiverProtocol> All { get; } = new Dictionary<string, ReceiverProtocol>
    {
        ["http raw"] = new("http: { url: 'http://127.0.0.1:PORT/in', encoding: raw, compression: gzip }", request => request.Text.Split('\n')[..^1], _ => (new(400), false)),
        ["http json"] = new("http: { url: 'http://127.0.0.1:PORT/in' }", request => [.. request.Text.Split('\n')[..^1].Select(line => LineOf(JsonDocument.Parse(line).RootElement))], _ => (new(422), false)),
        ["http json_array"] = new("http: { url: 'http://127.0.0.1:PORT/in', encoding: json_array, compression: zstd }", request => [.. JsonDocument.Parse(request.Text).RootElement.EnumerateArray().Select(LineOf)], _ => (new(413), false)),
        ["elasticsearch"] = new("elasticsearch: { url: 'http://127.0.0.1:PORT' }", request => [.. BulkRequest.Read(request.Text).Select(document => LineOf(document.Source))], RefuseDocument)
        {
            Taken = new(200, """{"errors":false}"""),
        },
        ["loki"] = new("loki: { url: 'http://127.0.0.1:PORT' }", LokiLines, _ => (new(400, "error at least one label is wrong"), false)) { Taken = new(204) },
        ["loki json"] = new("loki: { url: 'http://127.0.0.1:PORT', protocol: json }", LokiLines, _ => (new(400, "max entry size exceeded"), true)) { Taken = new(204) },
        ["otlp"] = new("otlp: { url: 'http://127.0.0.1:PORT', compression: gzip }", request => [.. ExportLogsServiceRequest.Parser.ParseFrom(request.Body).ResourceLogs.Single().ScopeLogs.Single().LogRecords.Select(record => record.Body.StringValue)], _ => (new(400), false)),
    };

    private static string[] LokiLines(ReceivedRequest request) => [.. LokiPush.Read(request).Single().Entries.Select(entry => entry.Line)];

    private static string LineOf(JsonElement document) => document.GetProperty("line").GetString()!;

    private static (ReceiverAnswer Answer, bool TakesTheRest) RefuseDocument(string[] lines)
    {
        var items = lines.Select(line => line == Poison ? """{"create":{"status":400,"error":{"type":"document_parsing_exception","reason":"no"}}}""" : """{"create":{"status":201}}""");
        return (new(200, $$"""{"errors":true,"items":[{{string.Join(',', items)}}]}"""), true);
    }
}
