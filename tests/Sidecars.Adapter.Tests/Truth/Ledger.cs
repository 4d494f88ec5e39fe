namespace Sidecars.Adapter.Tests.Truth;

/// <summary>What the page is to say: kept by whoever writes.</summary>
internal sealed class Ledger
{
    private readonly Dictionary<(string Kind, string Class), long> _requests = [];
    private long _lines;

    /// <summary>The lines that were written or are about to be.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    public long Bytes { get; private set; }

    public long Failures { get; private set; }

    public IReadOnlyDictionary<(string Kind, string Class), long> Requests => _requests;

    public void Add(string kind, int status, int bytes)
    {
        Interlocked.Increment(ref _lines);
        Bytes += bytes;
        Failures += status >= 500 ? 1 : 0;
        var key = (kind, $"{status / 100}xx");
        _requests[key] = _requests.GetValueOrDefault(key) + 1;
    }
}
