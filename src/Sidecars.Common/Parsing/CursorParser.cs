namespace Sidecars.Common.Parsing;

/// <summary>A parser that goes over the line once, and says where it stopped and what it missed there.</summary>
internal abstract class CursorParser(string name) : LineParser
{
    public override string Name => name;

    public sealed override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        var cursor = new LineCursor(line);
        return Read(ref cursor, fields) is null;
    }

    public sealed override string Explain(ArraySegment<byte> line)
    {
        var cursor = new LineCursor(line);
        return Read(ref cursor, new FieldSet()) is { } missing ? $"at byte {cursor.At}: {missing}" : "the line matches";
    }

    /// <summary>Adds the fields; what is missing at the place of the cursor, null when nothing is.</summary>
    protected abstract string? Read(ref LineCursor cursor, FieldSet fields);
}
