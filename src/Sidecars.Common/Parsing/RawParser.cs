namespace Sidecars.Common.Parsing;

/// <summary>Takes every line as it is and finds no fields in it.</summary>
internal sealed class RawParser : LineParser
{
    public override string Name => "raw";

    public override bool TryParse(ArraySegment<byte> line, FieldSet fields) => true;

    public override string Explain(ArraySegment<byte> line) => "every line is taken as it is";
}
