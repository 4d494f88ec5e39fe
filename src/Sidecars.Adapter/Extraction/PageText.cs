
namespace Sidecars.Adapter.Extraction;

/// <summary>
/// A status page is a sample with named parts in which every run of blanks and line breaks counts as one blank: pages are
/// laid out for people, and the layout is not part of what they say.
/// </summary>
internal static class PageText
{
    private static readonly Dictionary<string, string> WellKnown = new(StringComparer.Ordinal)
    {
        // "requests" stands below "accepts" and "handled" in nginx's own page
        ["stub_status"] = "Active connections: $active server accepts handled requests $accepted $handled $requests Reading: $reading Writing: $writing Waiting: $waiting",
    };

    public static IEnumerable<string> Names => WellKnown.Keys;

    /// <summary>The text of a well-known page, or the given sample on one line.</summary>
    public static string Format(string format) => WellKnown.TryGetValue(format.Trim(), out var known)
        ? known
        : string.Join(' ', format.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Lays a page out anew, in place, and returns its new length.</summary>
    public static int Normalise(Span<byte> page)
    {
        var length = 0;
        var pending = false;
        foreach (var value in page)
        {
            if (value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                pending = length > 0;
                continue;
            }

            if (pending)
            {
                page[length++] = (byte)' ';
                pending = false;
            }

            page[length++] = value;
        }

        return length;
    }
}
