using System.Text.Json;
using Sidecars.Collector.Outputs.Http;

namespace Sidecars.Collector.Outputs.Elasticsearch;

/// <summary>
/// Reads what the bulk interface says of each document. 409 is a document that is there already, so it is delivered. What is about the
/// document (a field that cannot be mapped) is refused; what is about the cluster (overload, a block because its disk is full, an index
/// that may not be created, missing rights) is tried again.
/// </summary>
internal static class BulkReply
{
    public static Delivery Verdict(in HttpReply reply, int records)
    {
        try
        {
            return Read(new Utf8JsonReader(reply.Body.Span), records);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return Delivery.Failed("reply", $"this is no answer of a bulk interface ({exception.Message}): {reply.Words()}");
        }
    }

    private static Delivery Read(Utf8JsonReader json, int records)
    {
        var verdicts = new List<RecordVerdict>();
        bool? errors = null;
        var items = 0;
        Expect(ref json, JsonTokenType.StartObject);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("errors"u8))
            {
                json.Read();
                errors = json.GetBoolean();
            }
            else if (json.ValueTextEquals("items"u8))
            {
                Expect(ref json, JsonTokenType.StartArray);
                items = ReadItems(ref json, verdicts);
            }
            else
            {
                json.Skip();
            }
        }

        return Conclude(errors, items, records, verdicts);
    }

    private static Delivery Conclude(bool? errors, int items, int records, List<RecordVerdict> verdicts)
    {
        if (errors is null || (errors.Value && items != records))
        {
            return Delivery.Failed("reply", $"the answer tells of {items} documents, sent were {records}");
        }

        if (!errors.Value || verdicts.Count == 0)
        {
            return Delivery.Acknowledged;
        }

        var first = verdicts[0];
        return Delivery.Partly(verdicts.Exists(verdict => verdict.IsRefused) ? "refused" : "throttled", $"{verdicts.Count} of {records} documents were not taken, the first: {first.Detail}", verdicts);
    }

    private static int ReadItems(ref Utf8JsonReader json, List<RecordVerdict> verdicts)
    {
        var count = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            // { "create": { "status": 201, ... } }
            json.Read();
            Expect(ref json, JsonTokenType.StartObject);
            var (status, error) = ReadItem(ref json);
            json.Read();
            if (status is not ((>= 200 and < 300) or 409))
            {
                verdicts.Add(new RecordVerdict(count, IsAboutTheDocument(status), $"{status} {error}"));
            }

            count++;
        }

        return count;
    }

    private static (int Status, string Error) ReadItem(ref Utf8JsonReader json)
    {
        var status = 0;
        var error = "";
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("status"u8))
            {
                json.Read();
                status = json.GetInt32();
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                error = ReadError(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return (status, error);
    }

    private static string ReadError(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return json.GetString()!;
        }

        using var error = JsonDocument.ParseValue(ref json);
        string Text(string name) => error.RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
        return $"{Text("type")}: {Text("reason")}";
    }

    private static bool IsAboutTheDocument(int status) => status is >= 400 and < 500 and not (401 or 403 or 404 or 408 or 429);

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type)
        {
            throw new JsonException($"{type} is expected");
        }
    }
}
