namespace Sidecars.Common.Parsing;

/// <summary>What nginx always writes in the same form, so that an end can be told from the same bytes within a neighbour's value.</summary>
internal enum FieldShape
{
    Any,
    Status,
    TimeLocal,
    TimeIso8601,
}

/// <summary>Which variables have a known form, and what the forms are.</summary>
internal static class FieldShapes
{
    private static readonly string[] ClientGiven = ["upstream_http_", "upstream_cookie_", "upstream_trailer_"];

    public static FieldShape Of(string variable) => variable switch
    {
        "status" => FieldShape.Status,
        "time_local" => FieldShape.TimeLocal,
        "time_iso8601" => FieldShape.TimeIso8601,
        _ => FieldShape.Any,
    };

    /// <summary>
    /// Variables that tell of every upstream that was asked: <c>a, b</c> within one group and <c>a : b</c> across groups.
    /// </summary>
    public static bool IsUpstreamList(string variable) =>
        variable.StartsWith("upstream_", StringComparison.Ordinal)
        && variable != "upstream_cache_status"
        && !ClientGiven.Any(prefix => variable.StartsWith(prefix, StringComparison.Ordinal));

    public static int Width(FieldShape shape) => shape switch
    {
        FieldShape.Status => 3,
        FieldShape.TimeLocal => 26, // 24/Nov/2026:03:05:00 +0000
        FieldShape.TimeIso8601 => 25, // 2026-11-24T03:05:00+00:00
        _ => 0,
    };

    public static bool Fits(FieldShape shape, ReadOnlySpan<byte> value) => shape switch
    {
        FieldShape.Status => char.IsAsciiDigit((char)value[0]) && char.IsAsciiDigit((char)value[1]) && char.IsAsciiDigit((char)value[2]),
        FieldShape.TimeLocal => value[2] == '/' && value[6] == '/' && value[11] == ':' && value[20] == ' ',
        FieldShape.TimeIso8601 => value[4] == '-' && value[10] == 'T' && value[22] == ':',
        _ => true,
    };

    /// <summary>Whether the bytes at <paramref name="end"/> belong to a separator of the list itself and not to the literal behind it.</summary>
    public static bool ContinuesList(ReadOnlySpan<byte> line, int start, int end, ReadOnlySpan<byte> literal)
    {
        var before = line[start..end];
        if (literal.StartsWith(", "u8) || literal.StartsWith(" : "u8))
        {
            return false; // nobody can tell
        }

        var rest = line[end..];
        return rest.StartsWith(", "u8)
            || rest.StartsWith(" : "u8)
            || (rest[0] == ' ' && before.Length > 1 && (before[^1] == ',' || before.EndsWith(" :"u8)))
            || (rest[0] == ':' && before.Length > 0 && before[^1] == ' ');
    }
}
