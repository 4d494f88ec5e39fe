namespace Sidecars.Common.Parsing;

/// <summary>
/// Reads moments as <see cref="TimestampParser"/> does, and keeps the last: of a busy file many lines in a row tell the same. For one
/// thread at a time.
/// </summary>
/// <param name="parser">How to read them.</param>
public sealed class TimestampMemo(TimestampParser parser)
{
    private readonly byte[] _text = new byte[64];
    private int _length = -1;
    private DateTime _utc;

    /// <summary>Reads a moment; the whole text must be one.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="now">The present in UTC: what has no year or no date is the last that is not in the future.</param>
    /// <param name="utc">The moment in UTC.</param>
    public bool TryParse(ReadOnlySpan<byte> text, DateTime now, out DateTime utc)
    {
        if (text.Length == _length && text.SequenceEqual(_text.AsSpan(0, _length)))
        {
            utc = _utc;
            return true;
        }

        if (!parser.TryParse(text, now, out utc, out var isAbsolute))
        {
            return false;
        }

        if (isAbsolute && text.Length <= _text.Length)
        {
            text.CopyTo(_text);
            _length = text.Length;
            _utc = utc;
        }

        return true;
    }
}
