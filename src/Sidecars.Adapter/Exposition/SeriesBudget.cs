namespace Sidecars.Adapter.Exposition;

/// <summary>
/// How many series there may be. Samples beyond it are counted in one more series per metric whose labels all say
/// <see cref="Overflow"/>, so sums stay right and memory bounded.
/// </summary>
internal sealed class SeriesBudget(int series, int perMetric, int labelBytes, string overflow)
{
    private int _taken;

    public int LabelBytes { get; } = labelBytes;

    public string Overflow { get; } = overflow;

    public void Clear() => _taken = 0;

    /// <summary>Gives one back.</summary>
    public void Release() => _taken--;

    public bool TryTake(int ofThisMetric)
    {
        if (ofThisMetric >= perMetric || _taken >= series)
        {
            return false;
        }

        _taken++;
        return true;
    }
}
