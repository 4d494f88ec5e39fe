namespace Sidecars.Common.Parsing;

/// <summary>What a value without quotes is, in formats that do not say.</summary>
internal static class BareValue
{
    public static FieldKind KindOf(ReadOnlySpan<byte> value) => value switch
    {
        _ when NumberText.IsPlain(value) => FieldKind.Number,
        _ when value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) => FieldKind.Boolean,
        _ when value.SequenceEqual("null"u8) => FieldKind.Null,
        _ => FieldKind.Text,
    };
}
