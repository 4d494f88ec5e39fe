using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace Sidecars.Common.Parsing;

/// <summary>The name of a field, in the forms it is written in. Names that the configuration gives are shared for good; see <see cref="Of(string)"/>.</summary>
public sealed class FieldName
{
    private const int MostShared = 4096;
    private const int LongestShared = 256;
    private static readonly ConcurrentDictionary<string, FieldName> Shared = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, FieldName>.AlternateLookup<ReadOnlySpan<char>> SharedBySpan =
        Shared.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly Lock Sharing = new();

    private readonly byte[] _utf8;
    private readonly byte[] _jsonKey;
    private bool _isOnly;

    private FieldName(string text)
    {
        Text = text;
        Meaning = WellKnownFields.MeaningOf(text);
        _utf8 = Encoding.UTF8.GetBytes(text);
        _jsonKey = Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\":");
    }

    /// <summary>The name.</summary>
    public string Text { get; }

    /// <summary>What the name says about the value.</summary>
    internal FieldMeaning Meaning { get; }

    /// <summary>The name in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>The name as a key of a JSON object: quoted, escaped, with its colon.</summary>
    public ReadOnlySpan<byte> JsonKey => _jsonKey;

    /// <summary>The one instance of a name. Names that lines bring (JSON, logfmt) are shared too, up to a number; the rest are made anew.</summary>
    public static FieldName Of(string text) =>
        Shared.TryGetValue(text, out var name) ? name : Share(new FieldName(text));

    /// <summary>As <see cref="Of(string)"/>, for a name in a line; allocates only the first time it is seen.</summary>
    public static FieldName Of(ReadOnlySpan<byte> utf8)
    {
        Span<char> buffer = stackalloc char[LongestShared];
        if (utf8.Length <= buffer.Length)
        {
            var text = buffer[..Encoding.UTF8.GetChars(utf8, buffer)];
            return SharedBySpan.TryGetValue(text, out var name) ? name : Share(new FieldName(text.ToString()));
        }

        return new FieldName(Encoding.UTF8.GetString(utf8));
    }

    /// <summary>Whether two names are the same; a look at their addresses tells it of those that have no second instance.</summary>
    /// <param name="other">The other; quickest when it comes from the configuration or the program.</param>
    public bool Is(FieldName other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || (!other._isOnly && Text == other.Text);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static FieldName Share(FieldName name)
    {
        lock (Sharing)
        {
            if (Shared.TryGetValue(name.Text, out var shared))
            {
                return shared;
            }

            if (Shared.Count < MostShared)
            {
                // no other is made from now on; but a long one in a line is not looked for
                name._isOnly = name._utf8.Length <= LongestShared;
                Shared[name.Text] = name;
            }

            return name;
        }
    }
}
