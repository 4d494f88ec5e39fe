using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Labels;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Rules;

/// <summary>Makes one label's value, from a field as it stands or by its <paramref name="shape"/>. With an allow list, everything else becomes the overflow value.</summary>
internal sealed class LabelRule(int field, LabelShape? shape, byte[][]? allowed, byte[] other)
{
    /// <summary>Why a regex was demoted for good to a slower engine, since this was last asked; null when none was.</summary>
    public string? TakeDemotion()
    {
        foreach (var step in shape?.Steps ?? [])
        {
            if ((step as RegexStep)?.TakeDemotion() is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>The most bytes that <see cref="Write"/> needs for a limit.</summary>
    public int LongestValue(int limit) => Math.Max(limit, Math.Max(other.Length, allowed?.Max(value => value.Length) ?? 0));

    /// <summary>Writes the value and returns its length. <paramref name="destination"/> has room for <see cref="LongestValue"/>.</summary>
    public int Write(in Sample sample, LogEscape escape, Span<byte> destination, int limit)
    {
        ReadOnlySpan<byte> raw;
        if (shape is null)
        {
            raw = sample[field];
        }
        else
        {
            raw = shape.Of(sample, escape);
            escape = LogEscape.None; // it took them back
        }

        if (allowed is not null)
        {
            var value = Find(raw);
            value.CopyTo(destination);
            return value.Length;
        }

        if (LabelText.IsClean(raw, limit))
        {
            raw.CopyTo(destination);
            return raw.Length;
        }

        return LabelText.Clean(escape, raw, destination, limit);
    }

    private ReadOnlySpan<byte> Find(ReadOnlySpan<byte> raw)
    {
        foreach (var value in allowed!)
        {
            if (raw.SequenceEqual(value))
            {
                return value;
            }
        }

        return other;
    }
}
