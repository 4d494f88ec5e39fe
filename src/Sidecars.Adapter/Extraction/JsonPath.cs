using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// The part of JSONPath (RFC 9535) that names places: <c>$</c>, <c>.name</c>, <c>['name']</c>, <c>[0]</c>, <c>[-1]</c>, <c>[*]</c> and
/// <c>.*</c>. Without <c>$</c> in front a path begins at the item it is looked up in.
/// </summary>
internal sealed class JsonPath
{
    private readonly List<(string? Name, int? Index)> _steps = [];

    private JsonPath()
    {
    }

    /// <summary>Whether it begins at the document, not at an item.</summary>
    public bool IsAbsolute { get; private init; }

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? error)
    {
        var parsed = new JsonPath { IsAbsolute = text.StartsWith('$') };
        var rest = parsed.IsAbsolute ? text.AsSpan(1) : text.StartsWith('[') ? text.AsSpan() : $".{text}".AsSpan();
        while (!rest.IsEmpty)
        {
            var length = rest[0] switch { '.' => parsed.AddName(rest), '[' => parsed.AddBracket(rest), _ => 0 };
            if (length == 0)
            {
                (path, error) = (null, $"'{rest}' is no step of a path; write .name, ['name'], [0] or [*]");
                return false;
            }

            rest = rest[length..];
        }

        (path, error) = (parsed, null);
        return true;
    }

    /// <summary>Every place that the path leads to, with the name or index that the last <c>*</c> stood for.</summary>
    public IEnumerable<(JsonElement Element, string Key)> Select(JsonElement root) => Select(root, "", 0);

    private IEnumerable<(JsonElement Element, string Key)> Select(JsonElement element, string key, int step)
    {
        if (step == _steps.Count)
        {
            return [(element, key)];
        }

        var (name, index) = _steps[step];
        return (element.ValueKind, name, index) switch
        {
            (JsonValueKind.Object, not null, _) => element.TryGetProperty(name, out var value) ? Select(value, key, step + 1) : [],
            (JsonValueKind.Object, null, null) => element.EnumerateObject().SelectMany(property => Select(property.Value, property.Name, step + 1)),
            (JsonValueKind.Array, null, null) => element.EnumerateArray().SelectMany((item, i) => Select(item, i.ToString(CultureInfo.InvariantCulture), step + 1)),
            (JsonValueKind.Array, null, { } at) => Item(element, at) is { } item ? Select(item, key, step + 1) : [],
            _ => [],
        };
    }

    private static JsonElement? Item(JsonElement array, int index)
    {
        var at = index < 0 ? index + array.GetArrayLength() : index;
        return at >= 0 && at < array.GetArrayLength() ? array[at] : null;
    }

    private int AddName(ReadOnlySpan<char> text)
    {
        var end = text[1..].IndexOfAny(".[");
        var name = end < 0 ? text[1..] : text[1..(end + 1)];
        if (name.IsEmpty || name.ContainsAny("]'\"*") && name is not "*")
        {
            return 0;
        }

        _steps.Add((name is "*" ? null : name.ToString(), null));
        return name.Length + 1;
    }

    private int AddBracket(ReadOnlySpan<char> text)
    {
        if (text.Length > 2 && text[1] is '\'' or '"')
        {
            var end = text[2..].IndexOf($"{text[1]}]");
            if (end < 0)
            {
                return 0;
            }

            _steps.Add((text.Slice(2, end).ToString(), null));
            return end + 4;
        }

        var close = text.IndexOf(']');
        if (close < 0)
        {
            return 0;
        }

        if (text[1..close] is "*")
        {
            _steps.Add((null, null));
        }
        else if (int.TryParse(text[1..close], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
        {
            _steps.Add((null, index));
        }
        else
        {
            return 0;
        }

        return close + 1;
    }
}
