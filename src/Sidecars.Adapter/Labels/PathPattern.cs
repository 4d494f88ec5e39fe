using System.Text;

namespace Sidecars.Adapter.Labels;

/// <summary>
/// A route as it is told: <c>/users/:id/orders/:order</c>, where a part that begins with a colon stands for any one part, and a <c>*</c> at
/// the end for whatever follows.
/// </summary>
internal sealed class PathPattern
{
    private const byte Slash = (byte)'/';

    private readonly byte[]?[] _parts;
    private readonly bool _isOpen;

    /// <param name="text">A text that <see cref="Mistake"/> has nothing to say of.</param>
    public PathPattern(string text)
    {
        Text = Encoding.UTF8.GetBytes(text);
        var parts = text[1..].Split('/').ToList();
        _isOpen = parts[^1] == "*";
        if (_isOpen)
        {
            parts.RemoveAt(parts.Count - 1);
        }

        _parts = [.. parts.Select(part => part.StartsWith(':') ? null : Encoding.UTF8.GetBytes(part))];
    }

    /// <summary>The route.</summary>
    public byte[] Text { get; }

    /// <summary>What is wrong with a pattern; null when it is right.</summary>
    public static string? Mistake(string text) =>
        !text.StartsWith('/') ? $"'{text}' is no path; write it from the root, for example /users/:id/orders/:order"
        : text.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && (star != text.Length - 1 || text[star - 1] != '/') ? $"a * stands for the rest of a path and is its last part; for one part of it write :name"
        : null;

    /// <summary>Whether a path, which begins with a slash, is of this route.</summary>
    public bool Matches(ReadOnlySpan<byte> path)
    {
        foreach (var part in _parts)
        {
            if (path.IsEmpty)
            {
                return false;
            }

            path = path[1..];
            var end = path.IndexOf(Slash) is >= 0 and var slash ? slash : path.Length;
            if (part is null ? end == 0 : !path[..end].SequenceEqual(part))
            {
                return false;
            }

            path = path[end..];
        }

        return path.IsEmpty || _isOpen;
    }
}
