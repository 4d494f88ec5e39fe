namespace Sidecars.Common.Expressions;

/// <summary>Why an expression cannot be compiled.</summary>
/// <param name="Position">The character, counted from 0.</param>
/// <param name="Message">What is wrong, and the remedy.</param>
public sealed record ExpressionError(int Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"at character {Position + 1}: {Message}";
}
