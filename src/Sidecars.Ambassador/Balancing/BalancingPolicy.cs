namespace Sidecars.Ambassador.Balancing;

/// <summary>Chooses the server for a request. Policies know neither HTTP nor who is healthy: they get the servers that are.</summary>
internal abstract class BalancingPolicy
{
    /// <summary>One of the candidates.</summary>
    /// <param name="candidates">At least one.</param>
    /// <param name="key">What requests that belong together have in common; 0 where the policy needs none.</param>
    public abstract Upstream Pick(in Candidates candidates, ulong key);
}

/// <summary>The better of two at random: nobody is overrun by all who saw that it was the best. Better is what would take less time: latency times the requests before it, by weight.</summary>
/// <param name="random">A number from 0 up to 1.</param>
internal sealed class PeakEwmaPolicy(Func<double> random) : BalancingPolicy
{
    /// <summary>What a server without any latency counts as: little, and enough that requests under way to it tell.</summary>
    private const double Unknown = 0.0001;

    public override Upstream Pick(in Candidates candidates, ulong key)
    {
        if (candidates.Count == 1)
        {
            return candidates[0];
        }

        var first = (int)(random() * candidates.Count);
        var second = (int)(random() * (candidates.Count - 1));
        second += second >= first ? 1 : 0;
        var (a, b) = (candidates[first], candidates[second]);
        return CostOf(candidates, a) <= CostOf(candidates, b) ? a : b;
    }

    private static double CostOf(in Candidates candidates, Upstream upstream) =>
        Math.Max(upstream.Latency.Seconds, Unknown) * (upstream.InFlight + 1) / candidates.WeightOf(upstream);
}

/// <summary>The one with the fewest requests under way for its weight; among equals any.</summary>
/// <param name="random">A number from 0 up to 1: where to begin to look.</param>
internal sealed class LeastRequestsPolicy(Func<double> random) : BalancingPolicy
{
    public override Upstream Pick(in Candidates candidates, ulong key)
    {
        var from = (int)(random() * candidates.Count);
        var best = candidates[from];
        var least = LoadOf(candidates, best);
        for (var i = 1; i < candidates.Count; i++)
        {
            var next = candidates[(from + i) % candidates.Count];
            if (LoadOf(candidates, next) is var load && load < least)
            {
                (best, least) = (next, load);
            }
        }

        return best;
    }

    private static double LoadOf(in Candidates candidates, Upstream upstream) => (upstream.InFlight + 1) / candidates.WeightOf(upstream);
}

/// <summary>In turn, whatever the weights.</summary>
internal sealed class RoundRobinPolicy : BalancingPolicy
{
    private uint _turn = uint.MaxValue;

    public override Upstream Pick(in Candidates candidates, ulong key) => candidates[(int)(Interlocked.Increment(ref _turn) % (uint)candidates.Count)];
}

/// <summary>Any, whatever the weights.</summary>
/// <param name="random">A number from 0 up to 1.</param>
internal sealed class RandomPolicy(Func<double> random) : BalancingPolicy
{
    public override Upstream Pick(in Candidates candidates, ulong key) => candidates[(int)(random() * candidates.Count)];
}

/// <summary>
/// In turn by weight: each gets its exact share of any stretch of requests, spread as evenly as can be, because the turns
/// step through the weights' length by the golden ratio (a low-discrepancy sequence).
/// </summary>
internal sealed class WeightedPolicy : BalancingPolicy
{
    private const double Step = 0.618033988749894848;

    private uint _turn = uint.MaxValue;

    public override Upstream Pick(in Candidates candidates, ulong key)
    {
        var point = Interlocked.Increment(ref _turn) * Step;
        return candidates.At(point - Math.Floor(point));
    }
}

/// <summary>
/// The same server for the same key, as long as it is there: rendezvous hashing, by weight. When a server goes, only its own
/// keys move; when one comes, it takes its share evenly from all.
/// </summary>
internal sealed class ConsistentHashPolicy : BalancingPolicy
{
    public override Upstream Pick(in Candidates candidates, ulong key)
    {
        var best = candidates[0];
        var highest = double.NegativeInfinity;
        for (var i = 0; i < candidates.Count; i++)
        {
            var upstream = candidates[i];
            if (ScoreOf(upstream, key) is var score && score > highest)
            {
                (best, highest) = (upstream, score);
            }
        }

        return best;
    }

    /// <summary>Weighted rendezvous: the logarithm makes the chance to be the highest the share of the weight.</summary>
    private static double ScoreOf(Upstream upstream, ulong key)
    {
        var hash = Mix(key ^ upstream.Hash);
        var unit = ((hash >> 11) + 0.5) * (1.0 / (1UL << 53));
        return -upstream.Weight / Math.Log(unit);
    }

    /// <summary>The finaliser of SplitMix64: every bit of the key moves every bit of the result.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
