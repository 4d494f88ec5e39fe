namespace Sidecars.Common.Parsing;

/// <summary>Lines as <see cref="CriLine"/> tells; a piece of a line has <c>partial</c>.</summary>
internal sealed class CriParser() : CursorParser("cri")
{
    protected override string? Read(ref LineCursor cursor, FieldSet fields)
    {
        if (CriLine.Read(ref cursor, out var line) is { } missing)
        {
            return missing;
        }

        fields.Add(CommonFields.Time, line.Time);
        fields.Add(CommonFields.Stream, line.Stream);
        if (line.IsPartial)
        {
            fields.Add(CommonFields.Partial, CommonFields.True, FieldKind.Boolean);
        }

        fields.Add(CommonFields.Message, line.Message);
        return null;
    }
}
