namespace Sidecars.Adapter.Labels;

/// <summary>
/// The route of a URL's path: <c>/users/123?x=1</c> is <c>/users/:id</c>. Scheme, host, query and parameters go; a part that names one
/// thing of many (a number, a UUID, a hexadecimal id, a long token) becomes <c>:id</c>. Patterns of one's own go first. What is no path
/// becomes <paramref name="other"/>.
/// </summary>
internal sealed class PathStep(IReadOnlyList<PathPattern> patterns, byte[] other) : LabelStep
{
    private const byte Slash = (byte)'/';

    private readonly PathPattern[] _patterns = [.. patterns];

    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var path = PathOf(value);
        if (path.IsEmpty || path[0] != Slash)
        {
            return Put(other, destination);
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(path))
            {
                return Put(pattern.Text, destination);
            }
        }

        return Normalise(path, destination);
    }

    private static int Normalise(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        var written = 0;
        while (!path.IsEmpty)
        {
            path = path[1..];
            var end = path.IndexOf(Slash);
            var part = WithoutParameters(end < 0 ? path : path[..end]);
            written += Put("/"u8, destination[written..]);
            written += Put(PathIds.IsId(part) ? ":id"u8 : part, destination[written..]);
            path = end < 0 ? default : path[end..];
        }

        return written;
    }

    private static ReadOnlySpan<byte> WithoutParameters(ReadOnlySpan<byte> part) => part.IndexOf((byte)';') is >= 0 and var at ? part[..at] : part;

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny("?#"u8) is >= 0 and var end)
        {
            value = value[..end];
        }

        if (value.IsEmpty || value[0] == Slash || value.IndexOf("://"u8) is not (> 0 and var scheme))
        {
            return value;
        }

        value = value[(scheme + 3)..];
        return value.IndexOf(Slash) is >= 0 and var path ? value[path..] : "/"u8;
    }
}
