using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>What an extractor found in one line or page: the text and where the value of each field stands in it.</summary>
internal readonly ref struct Sample(ReadOnlySpan<byte> text, ReadOnlySpan<FieldSpan> fields)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly ReadOnlySpan<FieldSpan> _fields = fields;

    /// <summary>What the fields stand in.</summary>
    public ReadOnlySpan<byte> Text => _text;

    /// <summary>Where a field stands in <see cref="Text"/>.</summary>
    public FieldSpan SpanOf(int field) => _fields[field];

    public ReadOnlySpan<byte> this[int field] => _fields[field].Of(_text);
}
