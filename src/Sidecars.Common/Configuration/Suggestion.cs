namespace Sidecars.Common.Configuration;

/// <summary>The nearest of the allowed words to the one that was written.</summary>
internal static class Suggestion
{
    /// <summary><c>; did you mean 'x'?</c>, or what is allowed where nothing is near.</summary>
    public static string For(string written, IReadOnlyCollection<string> allowed)
    {
        var best = allowed.Select(a => (Word: a, Distance: Distance(written, a))).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(2, written.Length / 3)
            ? $"; did you mean '{best.Word}'?"
            : $"; allowed: {string.Join(", ", allowed)}";
    }

    // Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each.
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
