using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>Takes text apart into fields, which rules know by index.</summary>
internal abstract class Extractor
{
    /// <summary>All fields by index.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>How the text of a field is escaped.</summary>
    public abstract LogEscape Escape { get; }

    /// <summary>The index of a field as a rule names it; -1 when there can never be such a field.</summary>
    public abstract int IndexOf(string field);
}
