using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Status;

/// <summary>A value as scripts read it: in base units, null for nothing; with a history, <c>{"now":1.5,"history":[1,null,1.5]}</c>.</summary>
internal sealed class StatusValueConverter : JsonConverter<StatusValue>
{
    public override StatusValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("the status is written only");

    public override void Write(Utf8JsonWriter writer, StatusValue value, JsonSerializerOptions options)
    {
        if (value.History is not { } history)
        {
            WritePlain(writer, value);
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName("now");
        WritePlain(writer, value);
        writer.WriteStartArray("history");
        foreach (var sample in history.ToArray())
        {
            WriteNumber(writer, sample);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WritePlain(Utf8JsonWriter writer, StatusValue value)
    {
        switch (value.Kind)
        {
            case StatusKind.None:
                writer.WriteNullValue();
                break;
            case StatusKind.Text or StatusKind.State:
                writer.WriteStringValue(value.Words);
                break;
            case StatusKind.Time:
                writer.WriteStringValue(StatusText.Moment(value.Number));
                break;
            default:
                WriteNumber(writer, value.Number);
                break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (!double.IsFinite(number))
        {
            writer.WriteNullValue();
        }
        else if (Math.Abs(number) < 1e15 && Math.Floor(number) == number)
        {
            writer.WriteNumberValue((long)number);
        }
        else
        {
            writer.WriteNumberValue(Math.Round(number, 6));
        }
    }
}
