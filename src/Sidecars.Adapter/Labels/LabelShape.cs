using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Labels;

/// <summary>
/// A label's value that is more than a field as it stands: text with fields in it, and the steps that it goes through. It works in memory
/// of its own, so a line costs no allocation. Used by one thread at a time.
/// </summary>
internal sealed class LabelShape(LabelTemplate template, int[] fields, LabelStep[] steps)
{
    /// <summary>What lies behind so many bytes of a value is not looked at: no label is so long.</summary>
    public const int Longest = 4096;

    private readonly byte[][] _literals = [.. template.Literals];
    private byte[] _value = new byte[Longest];
    private byte[] _next = new byte[Longest];

    /// <summary>The steps, for those that have something to tell.</summary>
    public IReadOnlyList<LabelStep> Steps => steps;

    /// <summary>The value for a sample; right until the next call.</summary>
    public ReadOnlySpan<byte> Of(scoped in Sample sample, LogEscape escape)
    {
        var length = Render(sample, escape);
        foreach (var step in steps)
        {
            length = step.Apply(_value.AsSpan(0, length), _next);
            (_value, _next) = (_next, _value);
        }

        return _value.AsSpan(0, length);
    }

    private int Render(in Sample sample, LogEscape escape)
    {
        var length = 0;
        for (var i = 0; i < _literals.Length; i++)
        {
            length += Cut(_literals[i], length, LogEscape.None);
            length += i < fields.Length ? Cut(sample[fields[i]], length, escape) : 0;
        }

        return length;
    }

    private int Cut(ReadOnlySpan<byte> text, int at, LogEscape escape)
    {
        var room = _value.AsSpan(at);
        return LogEscapes.Unescape(escape, text.Length > room.Length ? text[..room.Length] : text, room);
    }
}
