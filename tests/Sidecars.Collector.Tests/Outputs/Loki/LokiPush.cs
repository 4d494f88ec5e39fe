using System.Globalization;
using System.Text.Json;
using Sidecars.Collector.Tests.Protos.Loki;

namespace Sidecars.Collector.Tests.Outputs.Loki;

/// <summary>Reads push requests with other libraries than those that wrote them.</summary>
internal static class LokiPush
{
    public static IReadOnlyList<LokiPushStream> Read(ReceivedRequest request) =>
        request.Headers["Content-Type"] == "application/json" ? ReadJson(request.Body) : ReadProtobuf(request.Body);

    public static IReadOnlyList<LokiPushStream> ReadProtobuf(byte[] body) =>
    [
        .. PushRequest.Parser.ParseFrom(IronSnappy.Snappy.Decode(body)).Streams.Select(stream => new LokiPushStream(
            stream.Labels,
            [.. stream.Entries.Select(entry => new LokiPushEntry(
                (entry.Timestamp.Seconds * 1_000_000_000) + entry.Timestamp.Nanos,
                entry.Line,
                string.Join(',', entry.StructuredMetadata.Select(pair => $"{pair.Name}={pair.Value}"))))])),
    ];

    private static IReadOnlyList<LokiPushStream> ReadJson(byte[] body) =>
    [
        .. JsonDocument.Parse(body).RootElement.GetProperty("streams").EnumerateArray().Select(stream => new LokiPushStream(
            $"{{{string.Join(", ", stream.GetProperty("stream").EnumerateObject().Select(label => $"{label.Name}=\"{label.Value.GetString()}\""))}}}",
            [.. stream.GetProperty("values").EnumerateArray().Select(entry => new LokiPushEntry(
                long.Parse(entry[0].GetString()!, CultureInfo.InvariantCulture),
                entry[1].GetString()!,
                entry.GetArrayLength() == 2 ? "" : string.Join(',', entry[2].EnumerateObject().Select(pair => $"{pair.Name}={pair.Value.GetString()}"))))])),
    ];
}

/// <summary>A stream of a push request.</summary>
internal sealed record LokiPushStream(string Labels, IReadOnlyList<LokiPushEntry> Entries);

/// <summary>An entry of a stream.</summary>
internal sealed record LokiPushEntry(long Time, string Line, string Metadata);
