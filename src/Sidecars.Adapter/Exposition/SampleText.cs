using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sidecars.Adapter.Exposition;

/// <summary>One line of a page in Prometheus' text format 0.0.4: a series, its value and what comes after it.</summary>
/// <param name="Name">The name of the sample.</param>
/// <param name="Labels">The labels, sorted by name; values with the escapes taken back.</param>
/// <param name="Value">The value.</param>
/// <param name="Milliseconds">The time that the line says, in milliseconds since 1970; null for none.</param>
internal sealed record SampleText(string Name, IReadOnlyList<(string Name, string Value)> Labels, double Value, long? Milliseconds)
{
    /// <summary>The same for two lines about the same series.</summary>
    public string Series { get; } = SeriesOf(Name, Labels);

    /// <summary>Reads a line; false with the mistake, in words, when it is not one.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out SampleText? sample, out string mistake)
    {
        sample = null;
        var at = 0;
        var name = NameAt(line, ref at, colons: true);
        if (name.Length == 0)
        {
            mistake = "it does not begin with a metric's name";
            return false;
        }

        var labels = new List<(string Name, string Value)>();
        Skip(line, ref at);
        if (at < line.Length && line[at] == '{' && !TryLabels(line, ref at, labels))
        {
            mistake = $"the labels are not right at character {at + 1}; write {{name=\"value\",...}}, each once";
            return false;
        }

        var rest = line[at..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (rest.Length is not (1 or 2) || !TryNumber(rest[0], out var value))
        {
            mistake = "a value is expected behind the series";
            return false;
        }

        var time = 0L;
        if (rest.Length == 2 && !long.TryParse(rest[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out time))
        {
            mistake = $"'{rest[1]}' is no time in milliseconds";
            return false;
        }

        labels.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        sample = new SampleText(name, labels, value, rest.Length == 2 ? time : null);
        mistake = "";
        return true;
    }

    /// <summary>A number as the format writes it.</summary>
    public static bool TryNumber(string text, out double number)
    {
        number = text switch { "+Inf" or "Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.NaN };
        return text is "+Inf" or "Inf" or "-Inf" or "NaN" || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number));
    }

    private static bool TryLabels(string line, ref int at, List<(string Name, string Value)> labels)
    {
        at++;
        Skip(line, ref at);
        while (at < line.Length && line[at] != '}')
        {
            var name = NameAt(line, ref at, colons: false);
            Skip(line, ref at);
            if (name.Length == 0 || !Take(line, ref at, '=') || labels.Exists(label => label.Name == name))
            {
                return false;
            }

            Skip(line, ref at);
            if (ValueAt(line, ref at) is not { } value)
            {
                return false;
            }

            labels.Add((name, value));
            Skip(line, ref at);
            if (!Take(line, ref at, ',') && (at >= line.Length || line[at] != '}'))
            {
                return false;
            }

            Skip(line, ref at);
        }

        return Take(line, ref at, '}');
    }

    private static string? ValueAt(string line, ref int at)
    {
        if (!Take(line, ref at, '"'))
        {
            return null;
        }

        var value = new StringBuilder();
        while (at < line.Length && line[at] != '"')
        {
            var character = line[at++];
            if (character == '\\' && at < line.Length)
            {
                character = line[at++];
                character = character == 'n' ? '\n' : character;
            }

            value.Append(character);
        }

        return Take(line, ref at, '"') ? value.ToString() : null;
    }

    private static string NameAt(string line, ref int at, bool colons)
    {
        var start = at;
        while (at < line.Length && (char.IsAsciiLetterOrDigit(line[at]) || line[at] == '_' || (colons && line[at] == ':')))
        {
            at++;
        }

        return at > start && !char.IsAsciiDigit(line[start]) ? line[start..at] : "";
    }

    private static bool Take(string line, ref int at, char wanted)
    {
        if (at >= line.Length || line[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }

    private static void Skip(string line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private static string SeriesOf(string name, IReadOnlyList<(string Name, string Value)> labels)
    {
        using var buffer = new ExpositionBuffer(256);
        buffer.Write(name);
        for (var i = 0; i < labels.Count; i++)
        {
            buffer.Write(i == 0 ? (byte)'{' : (byte)',');
            buffer.WriteLabel(labels[i].Name, Encoding.UTF8.GetBytes(labels[i].Value));
        }

        if (labels.Count > 0)
        {
            buffer.Write((byte)'}');
        }

        return Encoding.UTF8.GetString(buffer.Written);
    }
}
