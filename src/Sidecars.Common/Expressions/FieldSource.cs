namespace Sidecars.Common.Expressions;

/// <summary>What an expression asks for values; each sidecar keeps its own. One serves line after line.</summary>
public abstract class FieldSource
{
    /// <summary>The value of a field.</summary>
    /// <param name="field">The index in <see cref="Expression.Fields"/>.</param>
    /// <param name="line">The line that the expression was given.</param>
    /// <param name="value">The bytes of the value.</param>
    /// <returns>False when the field is not there.</returns>
    public abstract bool TryGet(int field, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value);

    /// <summary>How grave the word or number is that programs write for a severity, as OpenTelemetry's SeverityNumber; false when it is none.</summary>
    public abstract bool TrySeverity(ReadOnlySpan<byte> value, out int severity);
}
