namespace Sidecars.Collector.Pipeline;

/// <summary>
/// Tells a bad record from a receiver that refuses everything (a wrong path, a wrong tenant): refusals count against the record only
/// after the receiver took another one, and then only so many in a row. Otherwise a mistake in the configuration would empty the
/// files into the dead letters.
/// </summary>
internal sealed class RefusalGuard
{
    /// <summary>How many records may be refused in a row before the receiver has to take one.</summary>
    public const int MostInARow = 10;

    private int _left;

    /// <summary>The receiver took something.</summary>
    public void Acknowledged() => _left = MostInARow;

    /// <summary>A record was refused; false when it is the receiver that has to prove itself first.</summary>
    public bool TryRefuse() => _left-- > 0 || Exhausted();

    private bool Exhausted()
    {
        _left = 0;
        return false;
    }
}
