using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>One test of the configuration by itself: sample lines or a page, and the series that come of them.</summary>
internal sealed class TestOptions
{
    [Description("The input that gets the text.")]
    public string Input { get; set; } = "";

    [Description("Lines of a log, in order.")]
    public List<string> Lines { get; set; } = [];

    [Description("The text of a page, instead of lines.")]
    public string? Page { get; set; }

    [Description("The series that must be there with these values, as a page of metrics has them: one text, or a list; several lines in a text are several series.")]
    public ExpectedSeries Expect { get; set; } = new([]);

    [Description("How many of the lines must not match. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int Unmatched { get; set; }
}

/// <summary>Series as a page of metrics has them, each with its value: one text, or a list of them.</summary>
[JsonConverter(typeof(ExpectedSeriesConverter))]
[Schema("""{ "anyOf": [ { "type": "string" }, { "type": "array", "items": { "type": "string" } } ] }""")]
internal sealed record ExpectedSeries(IReadOnlyList<string> Texts);

/// <summary>Reads and writes both forms.</summary>
internal sealed class ExpectedSeriesConverter : JsonConverter<ExpectedSeries>
{
    public override ExpectedSeries Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new ExpectedSeries([reader.GetString()!]);
        }

        var texts = new List<string>();
        while (reader.TokenType != JsonTokenType.EndArray && reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            texts.Add(reader.GetString()!);
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? new ExpectedSeries(texts)
            : throw new JsonException("a series is a text such as 'jobs_total{queue=\"a\"} 1'; write one, or a list of them");
    }

    public override void Write(Utf8JsonWriter writer, ExpectedSeries value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.Texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
