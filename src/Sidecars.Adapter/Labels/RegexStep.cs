using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Labels;

/// <summary>
/// What a regular expression finds in a value. An application says the same again and again, so what came of values is kept: a known one
/// costs no match and no allocation. Where too many different ones come, it begins to keep anew.
/// </summary>
internal sealed class RegexStep : LabelStep
{
    private const int MostKept = 2048;
    private const int LongestKept = 256;

    private readonly GuardedRegex _regex;
    private readonly string _replacement;
    private readonly byte[] _other;
    private readonly Dictionary<byte[], byte[]> _known = new(SeriesKey.Comparer);
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private string? _demotion;

    private RegexStep(GuardedRegex regex, string? replacement, byte[] other)
    {
        _regex = regex;
        _replacement = replacement ?? (regex.Groups.Count > 1 ? "$1" : "$0");
        _other = other;
        _lookup = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <param name="pattern">What is looked for.</param>
    /// <param name="replacement">What it becomes, with <c>$1</c> and <c>${name}</c> for groups; null for the first group, or the whole match where there is none.</param>
    /// <param name="other">What a value becomes in which the pattern is not found.</param>
    /// <param name="isUnsafe">Whether look-around and back-references are allowed.</param>
    /// <param name="mistake">What is wrong with the pattern.</param>
    public static RegexStep? Create(string pattern, string? replacement, byte[] other, bool isUnsafe, out string mistake)
    {
        RegexStep? step = null;
        var settings = new ParserSettings { Unsafe = isUnsafe, Demoted = reason => step!._demotion = reason };
        var isRight = GuardedRegex.TryCreate(pattern, settings, out var regex, out var error);
        mistake = error ?? "";
        step = isRight ? new RegexStep(regex!, replacement, other) : null;
        return step;
    }

    /// <summary>Why the pattern was demoted for good to a slower engine, since this was last asked; null when it was not.</summary>
    public string? TakeDemotion() => Interlocked.Exchange(ref _demotion, null);

    public override int Apply(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        if (!_lookup.TryGetValue(value, out var found))
        {
            found = Find(value);
            Keep(value, found);
        }

        return Put(found, destination);
    }

    private byte[] Find(ReadOnlySpan<byte> value) =>
        _regex.MayMatch(value) && _regex.Match(Encoding.UTF8.GetString(value)) is { Success: true } match
            ? Encoding.UTF8.GetBytes(match.Result(_replacement))
            : _other;

    private void Keep(ReadOnlySpan<byte> value, byte[] found)
    {
        if (value.Length > LongestKept || found.Length > LabelShape.Longest)
        {
            return;
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        _known.Add(value.ToArray(), found);
    }
}
