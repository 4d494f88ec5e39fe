using System.Buffers;

namespace Sidecars.Collector.Shaping;

/// <summary>E-mail addresses as they are written in practice: <c>name@host.domain</c>.</summary>
internal sealed class EmailRedactor : Redactor
{
    private static readonly SearchValues<byte> Local = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"u8);
    private static readonly SearchValues<byte> Domain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"u8);

    public override int Find(ReadOnlySpan<byte> text, int from, out int length)
    {
        for (var at = Next(text, from); at >= 0; at = Next(text, at + 1))
        {
            var start = at - LocalLength(text[from..at]);
            var end = at + 1 + DomainLength(text[(at + 1)..]);
            if (start < at && end > at + 1)
            {
                length = end - start;
                return start;
            }
        }

        length = 0;
        return -1;
    }

    private static int Next(ReadOnlySpan<byte> text, int from)
    {
        var at = text[from..].IndexOf((byte)'@');
        return at < 0 ? -1 : from + at;
    }

    private static int LocalLength(ReadOnlySpan<byte> before) => before.Length - 1 - before.LastIndexOfAnyExcept(Local);

    /// <summary>0 when no domain with a top level of letters begins here.</summary>
    private static int DomainLength(ReadOnlySpan<byte> after)
    {
        var end = after.IndexOfAnyExcept(Domain);
        var domain = (end < 0 ? after : after[..end]).TrimEnd(".-"u8);
        var dot = domain.LastIndexOf((byte)'.');
        return dot > 0 && domain.Length - dot > 2 && !domain[(dot + 1)..].ContainsAnyInRange((byte)'0', (byte)'9') ? domain.Length : 0;
    }
}
