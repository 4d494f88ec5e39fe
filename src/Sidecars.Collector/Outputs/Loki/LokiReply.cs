using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sidecars.Collector.Outputs.Http;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>
/// Reads a refusal of Loki. It answers 400 also when it took all entries but some: those it names by their time, or by the oldest time
/// that it takes. When the entries that this tells are as many as it says it left out, exactly those are refused. Otherwise the batch
/// is tried in parts, and Loki drops what it has already, as time and text are the same.
/// </summary>
internal static partial class LokiReply
{
    public static Delivery Verdict(in HttpReply reply, IReadOnlyList<(long Time, LokiStream Stream)> entries)
    {
        var verdict = HttpVerdict.Of(reply);
        if (!verdict.IsRefused || reply.Status == 413)
        {
            return verdict;
        }

        var said = Encoding.UTF8.GetString(reply.Body.Span);
        var left = new SortedSet<int>();
        var words = reply.Words();
        var count = TooOld(said, entries, left) + Ignored(said, entries, left);
        return count > 0 && count == left.Count
            ? Delivery.Partly("too_old", words, [.. left.Select(index => new RecordVerdict(index, true, words))]) with { IsCertain = true }
            : verdict;
    }

    /// <summary>"3 errors like: entry for stream '{..}' has timestamp too old: T, oldest acceptable timestamp is: T": of the distributor, for all streams.</summary>
    private static int TooOld(string said, IReadOnlyList<(long Time, LokiStream Stream)> entries, SortedSet<int> left)
    {
        var count = 0;
        foreach (Match match in TooOldPattern().Matches(said))
        {
            count += match.Groups["count"] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 1;
            AddOlder(match.Groups["oldest"].Value, null, entries, left);
        }

        return count;
    }

    /// <summary>"entry with timestamp T ignored, reason: '..', ... total ignored: 2 out of 9 for stream: {..}": of an ingester, for one stream.</summary>
    private static int Ignored(string said, IReadOnlyList<(long Time, LokiStream Stream)> entries, SortedSet<int> left)
    {
        var count = 0;
        var from = 0;
        foreach (Match total in TotalPattern().Matches(said))
        {
            count += int.Parse(total.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
            var part = said[from..total.Index];
            from = total.Index + total.Length;
            var labels = total.Groups["labels"].Value;
            foreach (Match entry in EntryPattern().Matches(part))
            {
                Add(entries, left, (time, stream) => time == TimeOf(entry) && stream.Labels == labels);
                if (entry.Groups["oldest"] is { Success: true } oldest)
                {
                    AddOlder(oldest.Value, labels, entries, left);
                }
            }
        }

        return count;
    }

    private static void AddOlder(string oldest, string? labels, IReadOnlyList<(long Time, LokiStream Stream)> entries, SortedSet<int> left)
    {
        if (DateTimeOffset.TryParse(oldest, CultureInfo.InvariantCulture, DateTimeStyles.None, out var limit))
        {
            var nanos = UnixNanos.Of(limit.UtcDateTime);
            Add(entries, left, (time, stream) => time < nanos && (labels is null || stream.Labels == labels));
        }
    }

    private static void Add(IReadOnlyList<(long Time, LokiStream Stream)> entries, SortedSet<int> left, Func<long, LokiStream, bool> isMeant)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (isMeant(entries[i].Time, entries[i].Stream))
            {
                left.Add(i);
            }
        }
    }

    // Go's Time.String(): 2022-04-15 03:20:00.80086913 +0000 UTC
    private static long TimeOf(Match entry) =>
        DateTime.TryParse(entry.Groups["second"].ValueSpan, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var second)
            ? UnixNanos.Of(second) + long.Parse(entry.Groups["fraction"].Value.PadRight(9, '0'), CultureInfo.InvariantCulture)
            : -1;

    [GeneratedRegex(@"(?:(?<count>\d+) errors? like: )?entry for stream '[^']*' has timestamp too old: [^,]+, oldest acceptable timestamp is: (?<oldest>[0-9TZ:+-]+)")]
    private static partial Regex TooOldPattern();

    [GeneratedRegex(@"entry with timestamp (?<second>[0-9-]+ [0-9:]+)(?:\.(?<fraction>\d{1,9}))? \+0000 UTC ignored, reason: '(?:[^']*oldest acceptable timestamp is: (?<oldest>[0-9TZ:+-]+))?")]
    private static partial Regex EntryPattern();

    [GeneratedRegex(@"total ignored: (?<count>\d+) out of \d+(?: for stream: (?<labels>\{[^\n]*\}))")]
    private static partial Regex TotalPattern();
}
