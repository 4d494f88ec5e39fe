using System.Text.Json;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// Rows are the places that a path leads to; fields are paths from there (<c>stats.depth</c>), from the document (<c>$.name</c>), the
/// item itself (<c>@</c>), and <c>@key</c>: the name or index that the last <c>*</c> of the rows' path stood for.
/// </summary>
internal sealed class JsonExtractor(JsonPath rows) : DocumentExtractor
{
    private const string Self = "@";
    private const string Key = "@key";

    private readonly List<JsonPath?> _paths = [];

    public override string? Read(ReadOnlyMemory<byte> page, Action<Row> each)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(page);
        }
        catch (JsonException e)
        {
            return $"no JSON: {e.Message}";
        }

        using (document)
        {
            var row = new Row(Fields.Count);
            foreach (var (item, key) in rows.Select(document.RootElement))
            {
                row.Clear();
                for (var i = 0; i < Fields.Count; i++)
                {
                    Fill(row, i, document.RootElement, item, key);
                }

                each(row);
            }
        }

        return null;
    }

    protected override bool Knows(string field)
    {
        if (field is Self or Key)
        {
            _paths.Add(null);
            return true;
        }

        var isPath = JsonPath.TryParse(field, out var path, out _);
        if (isPath)
        {
            _paths.Add(path);
        }

        return isPath;
    }

    private void Fill(Row row, int field, JsonElement root, JsonElement item, string key)
    {
        if (Fields[field] == Key)
        {
            row.Set(field, key);
            return;
        }

        var path = _paths[field];
        var found = path is null ? item : path.Select(path.IsAbsolute ? root : item).Select(place => place.Element).FirstOrDefault();
        switch (found.ValueKind)
        {
            case JsonValueKind.String:
                row.Set(field, found.GetString()!);
                break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                row.Set(field, found.GetRawText());
                break;
            default:
                break; // null, an object, an array or nothing at all: the field is missing
        }
    }
}
