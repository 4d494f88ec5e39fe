namespace Sidecars.Collector.Shaping;

/// <summary>Finds one kind of thing that is to be hidden.</summary>
internal abstract class Redactor
{
    /// <summary>The place of the first one at or behind <paramref name="from"/>; -1 when there is none.</summary>
    public abstract int Find(ReadOnlySpan<byte> text, int from, out int length);

    /// <summary>Whether a name or number could go on at an index; there is none before the start and behind the end.</summary>
    protected static bool IsWord(ReadOnlySpan<byte> text, int index) =>
        (uint)index < (uint)text.Length && (char.IsAsciiLetterOrDigit((char)text[index]) || text[index] == '_');

    protected static bool IsDigit(ReadOnlySpan<byte> text, int index) =>
        (uint)index < (uint)text.Length && char.IsAsciiDigit((char)text[index]);
}
