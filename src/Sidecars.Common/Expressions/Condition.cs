namespace Sidecars.Common.Expressions;

/// <summary>The line and its fields that a condition is asked about.</summary>
internal readonly ref struct Scope(ReadOnlySpan<byte> line, FieldSource source)
{
    private readonly ReadOnlySpan<byte> _line = line;

    /// <summary>How grave a value is.</summary>
    public bool TrySeverity(ReadOnlySpan<byte> value, out int severity) => source.TrySeverity(value, out severity);

    /// <summary>The value of a field; false when it is missing: not there, empty, or the dash that web servers write for nothing.</summary>
    public bool TryGet(int field, out ReadOnlySpan<byte> value) =>
        source.TryGet(field, _line, out value) && value.Length > 0 && !(value.Length == 1 && value[0] == '-');
}

/// <summary>One node of a compiled expression.</summary>
internal abstract class Condition
{
    public abstract bool IsTrue(Scope scope);
}

internal sealed class AllCondition(Condition[] items) : Condition
{
    public override bool IsTrue(Scope scope)
    {
        foreach (var item in items)
        {
            if (!item.IsTrue(scope))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class AnyCondition(Condition[] items) : Condition
{
    public override bool IsTrue(Scope scope)
    {
        foreach (var item in items)
        {
            if (item.IsTrue(scope))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class NotCondition(Condition item) : Condition
{
    public override bool IsTrue(Scope scope) => !item.IsTrue(scope);
}

internal sealed class ExistsCondition(int field) : Condition
{
    public override bool IsTrue(Scope scope) => scope.TryGet(field, out _);
}
