using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tailing;

/// <summary>
/// Finds the files that patterns lead to, opens each once, and tells every <see cref="FileFeed"/> when one is worth a look. Folders
/// are watched through inotify, so a write or a new file is told within milliseconds; all is looked at again at intervals, for what
/// inotify does not tell (network file systems, writes through another name) or when the node has no inotify instance left.
/// </summary>
public sealed class FileDiscovery : IDisposable
{
    private const int TicksBetweenScans = 5;
    private const int WatchedFactor = 4;

    private readonly DiscoveryOptions _options;
    private readonly TimeProvider _time;
    private readonly OpenFiles _files;
    private readonly FileSearch _search;
    private readonly FolderWatch? _watch;
    private readonly ITimer _timer;
    private readonly Lock _scanning = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _scanDue = 1;
    private int _ticks;
    private bool _isWatching;

    /// <summary>Prepares; nothing is opened before <see cref="RunAsync"/> or <see cref="Scan"/>.</summary>
    public FileDiscovery(DiscoveryOptions options, TimeProvider time, ILogger<FileDiscovery> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        var log = new TailingLog(logger);
        _search = new FileSearch(options.Sources, log);
        _files = new OpenFiles(options, _search.IsCompressed, new CompressedFiles(log, ScanSoon), time, log);
        _watch = FolderWatch.TryStart(OnEvent);
        if (_watch is null)
        {
            log.InotifyWasMissing(options.Interval);
        }

        _timer = time.CreateTimer(_ => Wake(), null, options.Interval, options.Interval);
    }

    /// <summary>Compressed files are there that are whole, or may be, and not open yet.</summary>
    public bool HasCompressedWaiting => _files.HasCompressedWaiting;

    /// <summary>The open files.</summary>
    public IReadOnlyCollection<FileFollower> Files => _files.All;

    internal TimeSpan RotatedGrace => _options.RotatedGrace;

    /// <summary>A feed of its own for one consumer; it begins with every file that is open already.</summary>
    public FileFeed Subscribe()
    {
        var feed = new FileFeed(this);
        _files.Add(feed);
        return feed;
    }

    /// <summary>Looks, waits for something to happen, looks again; until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var started = _time.GetTimestamp();
                if (Look())
                {
                    // many new files at once: a scan takes at most a fifth of the time
                    var rest = Math.Clamp(_time.GetElapsedTime(started).TotalMilliseconds * 4, 2, 1000);
                    await Task.Delay(TimeSpan.FromMilliseconds(rest), _time, cancellationToken).ConfigureAwait(false);
                }

                _options.Looked?.Invoke();
                await _wake.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // asked to end
        }
    }

    /// <summary>Looks for files now, and at the size of each.</summary>
    public void Scan()
    {
        lock (_scanning)
        {
            var isFirst = _ticks == 0;
            _ticks++;
            var found = _search.Run();
            var links = _files.Apply(found, isFirst);
            if (isFirst)
            {
                _files.Adopt(_options.Known);
            }

            found.Folders.UnionWith(links);
            Watch(found.Folders);
            _files.Refresh();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _watch?.Dispose();
        _files.CloseAll();
    }

    internal void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>True when the folders were searched, not only the sizes looked at.</summary>
    private bool Look()
    {
        var scanDue = Interlocked.Exchange(ref _scanDue, 0) != 0;
        if (scanDue || !_isWatching || _ticks % TicksBetweenScans == 0)
        {
            Scan();
            return true;
        }

        lock (_scanning)
        {
            _ticks++;
            _files.Refresh();
        }

        return false;
    }

    /// <summary>A file that appeared before its folder was watched would be found late: a newly watched folder asks for one more scan.</summary>
    private void Watch(IEnumerable<string> folders)
    {
        var wasWatching = _isWatching;
        _isWatching = _watch is not null;
        foreach (var folder in folders)
        {
            var outcome = _watch?.Add(folder) ?? WatchOutcome.Refused;
            _isWatching &= outcome != WatchOutcome.Refused;
            if (outcome == WatchOutcome.New)
            {
                ScanSoon();
            }
        }

        if (_isWatching != wasWatching)
        {
            // inotify tells what happens; looking is only for what it does not see
            var interval = _isWatching ? _options.Interval * WatchedFactor : _options.Interval;
            _timer.Change(interval, interval);
        }
    }

    private void ScanSoon()
    {
        Volatile.Write(ref _scanDue, 1);
        Wake();
    }

    /// <summary>On the watch's thread: a write goes straight to the feeds, anything else asks for a scan.</summary>
    private void OnEvent(FolderEvent happened)
    {
        switch (happened.Kind)
        {
            case FolderEventKind.Modified:
                _files.Touch(happened.Path);
                return;
            case FolderEventKind.Renamed when happened.From is { } from:
                _files.Rename(from, happened.Path, _search.Matches(from));
                break;
        }

        ScanSoon();
    }
}
