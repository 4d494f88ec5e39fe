namespace Sidecars.Adapter.Labels;

/// <summary>
/// Makes of a label's value another. Both are UTF-8 as it was read: what is not valid there is mended behind the last step. Used by one
/// thread at a time.
/// </summary>
internal abstract class LabelStep
{
    /// <summary>Writes the new value and returns its length; what does not fit into <paramref name="destination"/> is cut off.</summary>
    public abstract int Apply(ReadOnlySpan<byte> value, Span<byte> destination);

    /// <summary>Copies as much as fits; returns how much.</summary>
    protected static int Put(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var length = Math.Min(value.Length, destination.Length);
        value[..length].CopyTo(destination);
        return length;
    }
}
