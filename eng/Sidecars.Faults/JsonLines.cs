using System.Text.Json;

namespace Sidecars.Faults;

/// <summary>Takes the member <c>line</c> out of each object of JSON lines.</summary>
internal static class JsonLines
{
    /// <summary>Returns how many bytes the lines have.</summary>
    public static int Read(ReadOnlySpan<byte> text, Delivered delivered)
    {
        var bytes = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            if (text[range] is { IsEmpty: false } document)
            {
                var line = Line(document);
                delivered.AddLine(line);
                bytes += line.Length;
            }
        }

        return bytes;
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("line"u8) && reader.Read())
            {
                var line = new byte[reader.ValueSpan.Length];
                return line.AsSpan(0, reader.CopyString(line));
            }
        }

        throw new JsonException("an object without a line");
    }
}
