namespace Sidecars.Ambassador.Balancing;

/// <summary>The servers among which a policy chooses. Lives on the stack: a choice allocates nothing.</summary>
/// <param name="upstreams">Those to choose from; never empty.</param>
/// <param name="slowStart">How long a server that came back takes to its full share.</param>
internal readonly ref struct Candidates(ReadOnlySpan<Upstream> upstreams, TimeSpan slowStart)
{
    private readonly ReadOnlySpan<Upstream> _upstreams = upstreams;

    public int Count => _upstreams.Length;

    public Upstream this[int index] => _upstreams[index];

    /// <summary>The weight in force: less while a server has only just come back.</summary>
    public double WeightOf(Upstream upstream) => upstream.Weight * upstream.RiseOf(slowStart);

    /// <summary>The sum of all weights in force.</summary>
    public double TotalWeight()
    {
        var total = 0.0;
        foreach (var upstream in _upstreams)
        {
            total += WeightOf(upstream);
        }

        return total;
    }

    /// <summary>The server on whom a point between 0 and 1 falls when each has its weight's length.</summary>
    public Upstream At(double point)
    {
        var left = point * TotalWeight();
        foreach (var upstream in _upstreams)
        {
            left -= WeightOf(upstream);
            if (left < 0)
            {
                return upstream;
            }
        }

        return _upstreams[^1];
    }
}
