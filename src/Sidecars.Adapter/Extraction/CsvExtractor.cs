using System.Text;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// A table as RFC 4180 has it: the first line names the fields (<c>#</c> in front of it does not count, as in HAProxy's), each other
/// line is a row; a value in quotes may hold the separator, line feeds and doubled quotes.
/// </summary>
internal sealed class CsvExtractor(char separator) : DocumentExtractor
{
    public override string? Read(ReadOnlyMemory<byte> page, Action<Row> each)
    {
        using var lines = Lines(Encoding.UTF8.GetString(page.Span)).GetEnumerator();
        if (!lines.MoveNext())
        {
            return "no line names the fields";
        }

        var names = lines.Current;
        names[0] = names[0].TrimStart('#', ' ');
        var columns = Fields.Select(field => names.IndexOf(field)).ToArray();
        if (columns.Length > 0 && columns.All(column => column < 0))
        {
            return $"the first line names none of {string.Join(", ", Fields)}";
        }

        var row = new Row(Fields.Count);
        while (lines.MoveNext())
        {
            row.Clear();
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] >= 0 && columns[i] < lines.Current.Count)
                {
                    row.Set(i, lines.Current[columns[i]]);
                }
            }

            each(row);
        }

        return null;
    }

    protected override bool Knows(string field) => field.Length > 0;

    private IEnumerable<List<string>> Lines(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var values = new List<string>();
            do
            {
                values.Add(Value(text, ref at));
            }
            while (at < text.Length && text[at - 1] == separator);

            if (values is not [""])
            {
                yield return values;
            }
        }
    }

    /// <summary>Reads one value and moves behind the separator or line feed that ends it.</summary>
    private string Value(string text, ref int at)
    {
        var value = new StringBuilder();
        var inQuotes = false;
        while (at < text.Length)
        {
            var character = text[at++];
            if (character == '"' && inQuotes && at < text.Length && text[at] == '"')
            {
                value.Append(text[at++]);
            }
            else if (character == '"')
            {
                inQuotes = !inQuotes;
            }
            else if (!inQuotes && (character == separator || character == '\n'))
            {
                break;
            }
            else
            {
                value.Append(character);
            }
        }

        return value.ToString().Trim();
    }
}
