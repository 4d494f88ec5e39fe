namespace Sidecars.Common.Parsing;

/// <summary>
/// Finds the names that lines bring. Lines of one source mostly have the same names in the same order, so the name seen last at a place
/// is compared first, which spares decoding and hashing it.
/// </summary>
internal sealed class FieldNameCache
{
    private const int Places = 64;
    private readonly FieldName?[] _last = new FieldName?[Places];

    public FieldName Get(ReadOnlySpan<byte> utf8, int place)
    {
        ref var last = ref _last[place % Places];
        if (last is null || !last.Utf8.SequenceEqual(utf8))
        {
            last = FieldName.Of(utf8);
        }

        return last;
    }
}
