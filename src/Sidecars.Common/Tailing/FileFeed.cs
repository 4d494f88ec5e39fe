using System.Threading.Channels;

namespace Sidecars.Common.Tailing;

/// <summary>
/// One consumer's queue of files that are worth a look: new, grown, truncated, rotated. A file is in it at most once, whatever
/// happens to the file meanwhile; so it is bounded by the number of files, and a slow consumer holds up nobody else.
/// <code>
/// while (true)
/// {
///     var file = await feed.NextAsync(cancellation);
///     var position = PositionOf(file);               // the consumer's own, at first new TailPosition(file, file.StartOffset)
///     while (reader.TryRead(position, flush: feed.IsLastCall(position), out var block))
///     {
///         foreach (var line in block) { ... line.Text ... }
///         position.Advance(block);
///     }
///     if (feed.IsLastCall(position)) { feed.Release(file); }
/// }
/// </code>
/// </summary>
public sealed class FileFeed
{
    private readonly FileDiscovery _discovery;
    private readonly Channel<FileFollower> _queue =
        Channel.CreateUnbounded<FileFollower>(new UnboundedChannelOptions { SingleReader = true });

    // for a consumer that sleeps in the kernel
    private readonly object _bell = new();
    private bool _isRung;

    private readonly HashSet<FileFollower> _held = [];
    private readonly HashSet<FileFollower> _queued = [];
    private readonly Lock _gate = new();
    private bool _isBusy;

    internal FileFeed(FileDiscovery discovery) => _discovery = discovery;

    /// <summary>Nothing is queued and the consumer waits for the next file.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return !_isBusy && _queued.Count == 0;
            }
        }
    }

    /// <summary>Whether other files wait; a consumer with much to read in one file lets them go first.</summary>
    public bool HasMore
    {
        get
        {
            lock (_gate)
            {
                return _queued.Count > 0;
            }
        }
    }

    /// <summary>Waits for a file worth a look.</summary>
    public async ValueTask<FileFollower> NextAsync(CancellationToken cancellationToken)
    {
        BeIdle();
        while (true)
        {
            var file = await _queue.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryTake(file))
            {
                return file;
            }
        }
    }

    /// <summary>
    /// The same for a consumer with a thread of its own, which sleeps in the kernel and is woken by what saw the change: no other
    /// thread has to hand the file on.
    /// </summary>
    public FileFollower Next(CancellationToken cancellationToken)
    {
        BeIdle();
        using var registration = cancellationToken.UnsafeRegister(static feed => ((FileFeed)feed!).Ring(), this);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_queue.Reader.TryRead(out var file))
            {
                if (TryTake(file))
                {
                    return file;
                }
            }

            WaitForBell();
        }
    }

    /// <summary>Queues a file again; by the consumer, when it lets others go first or wants another look.</summary>
    public void Requeue(FileFollower file) => Signal(file);

    /// <summary>Queues every file that is held.</summary>
    public void RequeueAll()
    {
        lock (_gate)
        {
            foreach (var file in _held)
            {
                Queue(file);
            }
        }
    }

    /// <summary>
    /// The file is rotated, read to its end and was quiet for the grace time, or it is compressed: what is left without a newline is
    /// its last line, and then the file can be released.
    /// </summary>
    public bool IsLastCall(TailPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return position.File.IsCompressed || (position.File.State == FileState.Rotated && position.File.QuietFor >= _discovery.RotatedGrace);
    }

    /// <summary>Lets a file go. It is closed when every consumer let it go; should its name come back, it is offered again.</summary>
    public void Release(FileFollower file)
    {
        lock (_gate)
        {
            _held.Remove(file);
        }

        _discovery.Wake();
    }

    internal bool Holds(FileFollower file)
    {
        lock (_gate)
        {
            return _held.Contains(file);
        }
    }

    internal void Offer(FileFollower file)
    {
        lock (_gate)
        {
            _held.Add(file);
            Queue(file);
        }
    }

    internal void Signal(FileFollower file)
    {
        lock (_gate)
        {
            if (_held.Contains(file))
            {
                Queue(file);
            }
        }
    }

    private void BeIdle()
    {
        lock (_gate)
        {
            _isBusy = false;
        }
    }

    /// <summary>False when the file was let go since it was queued.</summary>
    private bool TryTake(FileFollower file)
    {
        lock (_gate)
        {
            _queued.Remove(file);
            return _isBusy = _held.Contains(file);
        }
    }

    private void Queue(FileFollower file)
    {
        if (_queued.Add(file))
        {
            _queue.Writer.TryWrite(file);
            Ring();
        }
    }

    private void Ring()
    {
        lock (_bell)
        {
            _isRung = true;
            Monitor.Pulse(_bell);
        }
    }

    private void WaitForBell()
    {
        lock (_bell)
        {
            while (!_isRung)
            {
                Monitor.Wait(_bell);
            }

            _isRung = false;
        }
    }
}
