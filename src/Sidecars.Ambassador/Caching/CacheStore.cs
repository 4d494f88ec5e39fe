using System.Runtime.InteropServices;

namespace Sidecars.Ambassador.Caching;

/// <summary>
/// Keeps answers up to a number of bytes; the one not asked for the longest goes first. It knows nothing of freshness. Safe
/// for many threads.
/// </summary>
/// <param name="maxBytes">The most bytes of all entries together.</param>
/// <param name="figures">What is counted.</param>
internal sealed class CacheStore(long maxBytes, CacheFigures figures)
{
    /// <summary>Bounds what a Vary by a header of many values can keep of one resource.</summary>
    private const int MaxVariants = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheKey, List<LinkedListNode<CacheEntry>>> _entries = [];
    private readonly LinkedList<CacheEntry> _byUse = [];

    /// <summary>Counts invalidations, by the hash of the resource: an answer from before one comes too late.</summary>
    private readonly int[] _changes = new int[256];
    private long _bytes;
    private bool _isClosed;

    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byUse.Count;
            }
        }
    }

    /// <summary>The answer to a request, fresh or not, or null.</summary>
    public CacheEntry? Find(CacheKey key, string route, IHeaderDictionary request)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var variants) || variants.Find(v => v.Value.Fits(route, request)) is not { } node)
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    /// <summary>What a request has to remember when it is sent, so that its answer can be kept.</summary>
    public int Mark(CacheKey key)
    {
        lock (_lock)
        {
            return ChangesOf(key);
        }
    }

    /// <summary>Keeps an answer in the place of the one to the same requests.</summary>
    /// <param name="entry">The answer.</param>
    /// <param name="mark">What there was when the request was sent: where the resource has changed since, it is not kept.</param>
    /// <returns>Whether it is kept.</returns>
    public bool Add(CacheEntry entry, int mark)
    {
        lock (_lock)
        {
            if (_isClosed || entry.Size > maxBytes || ChangesOf(entry.Key) != mark)
            {
                return false;
            }

            ref var variants = ref CollectionsMarshal.GetValueRefOrAddDefault(_entries, entry.Key, out _);
            variants ??= [];
            if (variants.Find(v => entry.Replaces(v.Value)) is { } before)
            {
                variants.Remove(before);
                Forget(before);
            }
            else if (variants.Count == MaxVariants)
            {
                var oldest = variants[0];
                variants.RemoveAt(0);
                Forget(oldest);
                figures.Evicted("variants", 1);
            }

            variants.Add(_byUse.AddFirst(entry));
            _bytes += entry.Size;
            figures.Bytes.Inc(entry.Size);
            figures.Entries.Inc();
            MakeRoom();
            return true;
        }
    }

    /// <summary>Throws one answer away, where it is still there.</summary>
    public void Remove(CacheEntry entry, string reason)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Key, out var variants) && variants.Find(v => ReferenceEquals(v.Value, entry)) is { } node)
            {
                Drop(node);
                figures.Evicted(reason, 1);
            }
        }
    }

    /// <summary>Throws away everything that is known of the resources.</summary>
    /// <returns>How many answers that were.</returns>
    public int Remove(Func<CacheKey, bool> which, string reason)
    {
        lock (_lock)
        {
            foreach (ref var changes in _changes.AsSpan())
            {
                changes++;
            }

            var gone = _entries.Where(e => which(e.Key)).SelectMany(e => e.Value).ToList();
            gone.ForEach(Drop);
            figures.Evicted(reason, gone.Count);
            return gone.Count;
        }
    }

    /// <summary>Throws away what is known of one resource.</summary>
    public void Remove(CacheKey key, string reason)
    {
        lock (_lock)
        {
            ChangesOf(key)++;
            if (_entries.TryGetValue(key, out var variants))
            {
                figures.Evicted(reason, variants.Count);
                foreach (var node in variants.ToArray())
                {
                    Drop(node);
                }
            }
        }
    }

    /// <summary>Throws everything away, and takes nothing more: its configuration is no longer in force.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Remove(static _ => true, "reload");
        }
    }

    private ref int ChangesOf(CacheKey key) => ref _changes[(uint)key.GetHashCode() % (uint)_changes.Length];

    private void MakeRoom()
    {
        while (_bytes > maxBytes)
        {
            Drop(_byUse.Last!);
            figures.Evicted("size", 1);
        }
    }

    private void Drop(LinkedListNode<CacheEntry> node)
    {
        var variants = _entries[node.Value.Key];
        variants.Remove(node);
        if (variants.Count == 0)
        {
            _entries.Remove(node.Value.Key);
        }

        Forget(node);
    }

    private void Forget(LinkedListNode<CacheEntry> node)
    {
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
        figures.Bytes.Dec(node.Value.Size);
        figures.Entries.Dec();
    }
}
