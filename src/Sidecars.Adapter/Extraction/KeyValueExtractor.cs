namespace Sidecars.Adapter.Extraction;

/// <summary>One row: each line is a key, a separator and a value, with blanks around them that do not count. Lines without a separator are passed over.</summary>
internal sealed class KeyValueExtractor(string separator) : DocumentExtractor
{
    public override string? Read(ReadOnlyMemory<byte> page, Action<Row> each)
    {
        var row = new Row(Fields.Count);
        var any = false;
        foreach (var line in System.Text.Encoding.UTF8.GetString(page.Span).Split('\n'))
        {
            var at = line.IndexOf(separator, StringComparison.Ordinal);
            if (at <= 0)
            {
                continue;
            }

            any = true;
            var field = IndexOfKnown(line.AsSpan(0, at).Trim());
            if (field >= 0)
            {
                row.Set(field, line[(at + separator.Length)..].Trim());
            }
        }

        if (!any)
        {
            return $"no line has a key, '{separator}' and a value";
        }

        each(row);
        return null;
    }

    protected override bool Knows(string field) => field.Length > 0;

    private int IndexOfKnown(ReadOnlySpan<char> key)
    {
        for (var i = 0; i < Fields.Count; i++)
        {
            if (key.SequenceEqual(Fields[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
