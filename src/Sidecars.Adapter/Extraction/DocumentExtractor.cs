using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>
/// Takes a page of a known form apart into rows (the items of a JSON array, the lines of a table). Its fields are those that rules ask
/// for: what a row does not have is missing there, and no mistake.
/// </summary>
internal abstract class DocumentExtractor : Extractor
{
    private readonly List<string> _fields = [];

    public override IReadOnlyList<string> Fields => _fields;

    public override LogEscape Escape => LogEscape.None;

    public override int IndexOf(string field)
    {
        var index = _fields.IndexOf(field);
        if (index >= 0 || !Knows(field))
        {
            return index;
        }

        _fields.Add(field);
        return _fields.Count - 1;
    }

    /// <summary>Calls <paramref name="each"/> for every row; returns why the page is none of its form, or null.</summary>
    public abstract string? Read(ReadOnlyMemory<byte> page, Action<Row> each);

    /// <summary>Whether a field of this name can be; called once for each.</summary>
    protected abstract bool Knows(string field);
}
