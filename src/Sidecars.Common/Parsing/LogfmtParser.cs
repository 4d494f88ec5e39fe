using System.Buffers;

namespace Sidecars.Common.Parsing;

/// <summary>
/// Lines of <c>key=value key="quoted \"value\"" word</c>. A key without a value is <c>true</c>; there must be one key with a value.
/// </summary>
internal sealed class LogfmtParser : LineParser
{
    // what ends a key: a quote has no place in one
    private static readonly SearchValues<byte> KeyEnds = SearchValues.Create(" \t=\""u8);
    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t"u8);

    private readonly FieldNameCache _names = new();

    public override string Name => "logfmt";

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields) => TryRead(line, fields, out _) is null;

    public override string Explain(ArraySegment<byte> line) =>
        TryRead(line, new FieldSet(), out var at) is { } problem ? $"at byte {at}: {problem}" : "the line is logfmt";

    /// <summary>The problem, and at which byte; null when there is none.</summary>
    private string? TryRead(ArraySegment<byte> line, FieldSet fields, out int at)
    {
        var text = line.AsSpan();
        var pairs = 0;
        for (at = Skip(text, 0); at < text.Length; at = Skip(text, at))
        {
            var keyLength = text[at..].IndexOfAny(KeyEnds);
            keyLength = keyLength < 0 ? text.Length - at : keyLength;
            if (keyLength == 0)
            {
                return "a key must stand here, and it has no quotes and no equals sign";
            }

            var name = _names.Get(text.Slice(at, keyLength), fields.Count);
            at += keyLength;
            if (at == text.Length || Blanks.Contains(text[at]))
            {
                fields.Add(name, CommonFields.True, FieldKind.Boolean);
                continue;
            }

            if (text[at] == '"')
            {
                return "a quote within a key";
            }

            at++;
            pairs++;
            if (!TryReadValue(line, ref at, name, fields))
            {
                return "the quoted value is not closed, or not followed by a blank";
            }
        }

        return pairs == 0 ? "the line has no key=value" : null;
    }

    private static bool TryReadValue(ArraySegment<byte> line, ref int at, FieldName name, FieldSet fields)
    {
        if (at < line.Count && line[at] == '"')
        {
            return TryReadQuoted(line, ref at, name, fields);
        }

        var length = line.AsSpan(at).IndexOfAny(Blanks);
        length = length < 0 ? line.Count - at : length;
        var value = line.Slice(at, length);
        at += length;
        fields.Add(name, value, BareValue.KindOf(value));
        return true;
    }

    private static bool TryReadQuoted(ArraySegment<byte> line, ref int at, FieldName name, FieldSet fields)
    {
        var start = ++at;
        var length = QuotedText.Length(line.AsSpan(start), out var isEscaped);
        at += length;
        if (length < 0 || (at + 1 < line.Count && !Blanks.Contains(line[at + 1])))
        {
            return false;
        }

        var value = line[start..at++];
        if (isEscaped)
        {
            var plain = fields.Rent(value.Count);
            value = plain[..LogEscapes.Unescape(LogEscape.Json, value, plain)];
        }

        fields.Add(name, value);
        return true;
    }

    private static int Skip(ReadOnlySpan<byte> text, int at)
    {
        var blanks = text[at..].IndexOfAnyExcept(Blanks);
        return blanks < 0 ? text.Length : at + blanks;
    }
}
