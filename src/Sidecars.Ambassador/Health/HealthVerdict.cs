namespace Sidecars.Ambassador.Health;

/// <summary>Makes a verdict of single checks: one bad check is an accident, several in a row are not.</summary>
/// <param name="healthyAfter">So many good ones in a row make it well.</param>
/// <param name="unhealthyAfter">So many bad ones in a row make it unwell.</param>
internal sealed class HealthVerdict(int healthyAfter, int unhealthyAfter)
{
    private int _inARow;
    private bool _lastWasGood;

    /// <summary>Whether the server is well; so it is taken until the checks say otherwise.</summary>
    public bool IsWell { get; private set; } = true;

    /// <summary>Adds a check.</summary>
    public bool Add(bool isGood)
    {
        _inARow = isGood == _lastWasGood ? _inARow + 1 : 1;
        _lastWasGood = isGood;
        if (_inARow >= (isGood ? healthyAfter : unhealthyAfter))
        {
            IsWell = isGood;
        }

        return IsWell;
    }
}
