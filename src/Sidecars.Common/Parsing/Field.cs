namespace Sidecars.Common.Parsing;

/// <summary>What the bytes of a field's value are.</summary>
public enum FieldKind
{
    /// <summary>Text in UTF-8, not escaped; bytes that are not UTF-8 may occur and are replaced where they are written.</summary>
    Text,

    /// <summary>A number, written as JSON writes numbers.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Nothing: <c>null</c>.</summary>
    Null,

    /// <summary>A JSON object or array, valid as it stands.</summary>
    Json,
}

/// <summary>One named value of a line. The bytes belong to the line's buffer or to its <see cref="FieldSet"/> and live as long as those.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The bytes of the value.</param>
/// <param name="Kind">What the bytes are.</param>
public readonly record struct Field(FieldName Name, ArraySegment<byte> Value, FieldKind Kind)
{
    /// <summary>The bytes of the value.</summary>
    public ReadOnlySpan<byte> Span => Value.AsSpan();
}
