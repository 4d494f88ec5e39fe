using System.IO.Enumeration;
using System.Text;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// INI: <c>[section]</c> lines, and between them <c>key = value</c>. Each section whose name matches is a row; lines that begin with
/// <c>;</c> or <c>#</c> are comments, a value in double quotes is what stands between them.
/// </summary>
internal sealed class IniExtractor(string sections) : DocumentExtractor
{
    private const string SectionField = "@section";
    private const string Document = "$.";

    public override string? Read(ReadOnlyMemory<byte> page, Action<Row> each)
    {
        var all = Sections(Encoding.UTF8.GetString(page.Span));
        var any = false;
        foreach (var section in all.Where(section => Matches(section.Name)))
        {
            any = true;
            each(RowOf(section, all));
        }

        return any ? null : all.TrueForAll(section => section.Values.Count == 0) ? "no line has a key, '=' and a value" : $"there is no section [{sections}]";
    }

    protected override bool Knows(string field) => field.Length > 0;

    private bool Matches(string name) => name.Length == 0 || sections.Length == 0
        ? name == sections
        : FileSystemName.MatchesSimpleExpression(sections, name, ignoreCase: false);

    private Row RowOf(Section section, List<Section> all)
    {
        var row = new Row(Fields.Count);
        for (var i = 0; i < Fields.Count; i++)
        {
            var value = Fields[i] == SectionField ? section.Name
                : Fields[i].StartsWith(Document, StringComparison.Ordinal) ? Find(all, Fields[i][Document.Length..])
                : section.Values.GetValueOrDefault(Fields[i]);
            if (value is not null)
            {
                row.Set(i, value);
            }
        }

        return row;
    }

    /// <summary>The value of <c>section.key</c>; either may have dots in it.</summary>
    private static string? Find(List<Section> all, string path) => all
        .Where(section => path.Length > section.Name.Length && path.StartsWith(section.Name, StringComparison.Ordinal) && path[section.Name.Length] == '.')
        .Select(section => section.Values.GetValueOrDefault(path[(section.Name.Length + 1)..]))
        .FirstOrDefault(value => value is not null);

    /// <summary>A section that is there twice is one.</summary>
    private static List<Section> Sections(string text)
    {
        var all = new List<Section> { new("") };
        var section = all[0];
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.Length == 0 || line[0] is ';' or '#')
            {
                continue;
            }

            if (line[0] == '[' && line[^1] == ']')
            {
                var name = line[1..^1].Trim();
                section = all.Find(known => known.Name == name) ?? new Section(name);
                if (!all.Contains(section))
                {
                    all.Add(section);
                }
            }
            else if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                section.Values[line[..at].TrimEnd()] = Unquote(line[(at + 1)..].TrimStart());
            }
        }

        return all;
    }

    private static string Unquote(string value) => value is ['"', .., '"'] ? value[1..^1] : value;

    private sealed record Section(string Name)
    {
        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);
    }
}
