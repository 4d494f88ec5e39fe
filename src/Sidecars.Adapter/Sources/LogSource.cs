using System.Text;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.State;
using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.Sources;

/// <summary>
/// Follows the logs of one input and gives each line to the input's rules. The position and the counts move together: a block of
/// lines is counted under the store's gate and only then done with, so a scrape never sees half of it.
/// </summary>
internal sealed class LogSource : IAsyncDisposable
{
    /// <summary>nginx's longest line with its usual limits: 32 KiB of header fields, each byte written as four.</summary>
    private const int LongestLine = 256 * 1024;

    private const int ShownOfALine = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    private readonly SourceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FileDiscovery _discovery;
    private readonly FileFeed _feed;
    private readonly LineReader _reader = new(LongestLine);
    private readonly Dictionary<FileFollower, FollowedLog> _files = [];
    private readonly Dictionary<FileIdentity, SavedFile> _saved;
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile LogPlan _plan;
    private bool _toldUnparsed;

    public LogSource(LogPlan plan, SavedSource? saved, SourceMetrics metrics, TimeProvider time, ILoggerFactory logs)
    {
        _plan = plan;
        _metrics = metrics;
        _time = time;
        _log = logs.CreateLogger<LogSource>();
        _saved = saved?.Files.ToDictionary(file => file.Identity) ?? [];

        // with a record, a file that is not on it appeared since: all of it is new, wherever a first start would begin
        var source = new DiscoverySource([plan.Path], [], plan.FromEnd && saved is null);
        var options = new DiscoveryOptions([source]) { Known = [.. _saved.Values.Select(file => new KnownFile(file.Path, file.Identity, file.Mark.Head))] };
        _discovery = new FileDiscovery(options, time, logs.CreateLogger<FileDiscovery>());
        _feed = _discovery.Subscribe();
    }

    /// <summary>Whether this source follows what a plan asks for, so that the plan can go on with it.</summary>
    public bool Follows(LogPlan plan) => plan.Path == _plan.Path && plan.FromEnd == _plan.FromEnd;

    /// <summary>The name of the input as of the configuration in force.</summary>
    public string Name => _plan.Name;

    /// <summary>The lines read since the start.</summary>
    public long Lines { get; private set; }

    /// <summary>Done when what was there at the start is counted; until then counts are those of the past.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Up to where each file is counted. Called under the gate of the store of the rules in force.</summary>
    public SavedSource Save()
    {
        lock (_files)
        {
            foreach (var file in _discovery.Files.Where(file => file.State == FileState.Active))
            {
                Followed(file); // where it begins is on record, too
            }

            return new SavedSource(Name, _plan.Path, _plan.FromEnd, [.. _files.Values.Select(file => file.Saved), .. _saved.Values.Where(MayComeBack)]);
        }
    }

    /// <summary>Begins. <paramref name="onFailure"/> is called should following end with an error that nothing here foresees.</summary>
    public void Start(Action onFailure)
    {
        _log.FollowingBegan(Name, _plan.Path);
        _running = Task.WhenAll(
            Task.Run(() => GuardAsync(_discovery.RunAsync, onFailure)),
            Task.Run(() => GuardAsync(FollowAsync, onFailure)));
    }

    /// <summary>From the next block on the rules of this plan count. Called under the gate of the store of the rules before.</summary>
    public void Use(LogPlan plan)
    {
        _plan = plan;
        _toldUnparsed = false;
    }

    /// <summary>
    /// The end: reads every file until none changes for a short time, or the deadline; then takes what is left without a line feed
    /// as last lines.
    /// </summary>
    public async Task<long> DrainAsync(CancellationToken deadline)
    {
        await StopAsync();
        var lines = 0L;
        var before = default(FilesShape);
        var since = _time.GetTimestamp();
        do
        {
            _discovery.Scan();
            var read = ReadAll(flush: false, deadline);
            var now = FilesShape.Of(_discovery.Files);
            if (now != before || read > 0)
            {
                (before, since) = (now, _time.GetTimestamp());
            }

            lines += read;
            await Task.Delay(Pause, _time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (_time.GetElapsedTime(since) < Quiet && !deadline.IsCancellationRequested);

        lines += ReadAll(flush: true, deadline);
        deadline.ThrowIfCancellationRequested();
        return lines;
    }

    /// <summary>Brings the figures about bytes up to date, before a scrape.</summary>
    public void Observe()
    {
        lock (_files)
        {
            var pending = 0L;
            foreach (var file in _files.Values)
            {
                pending += file.Position.Pending;
                _metrics.Truncated.WithLabels(Name).Inc(file.TakeTruncated());
            }

            _metrics.Pending.WithLabels(Name).Set(pending);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _discovery.Dispose();
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private async Task FollowAsync(CancellationToken stop)
    {
        _discovery.Scan();
        ReadAll(flush: false, stop);
        _caughtUp.TrySetResult();
        while (true)
        {
            var file = await _feed.NextAsync(stop);
            ReadToEnd(file, flush: false, stop);
        }
    }

    private async Task GuardAsync(Func<CancellationToken, Task> loop, Action onFailure)
    {
        try
        {
            await loop(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // asked to end
        }
#pragma warning disable CA1031 // a log that is silently no longer followed would be worse than a restart
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.FollowingFailed(e, Name);
            onFailure();
        }
        finally
        {
            _caughtUp.TrySetResult();
        }
    }

    private long ReadAll(bool flush, CancellationToken cancellation) =>
        _discovery.Files.ToArray().Sum(file => ReadToEnd(file, flush, cancellation));

    /// <summary>Reads a file to its end; when asked to stop, to the end of one block, which has the last line of a file that is read up to there.</summary>
    private long ReadToEnd(FileFollower file, bool flush, CancellationToken cancellation)
    {
        var log = Followed(file);
        var lines = 0L;
        try
        {
            while (_reader.TryRead(log.Position, flush || _feed.IsLastCall(log.Position), out var block))
            {
                lines += Count(log, block);
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }
            }

            if (_feed.IsLastCall(log.Position) && log.Position.Pending == 0)
            {
                Release(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _metrics.NoteFailure(Name, "read", new SourceFailure($"{file.Path}: {e.Message}", _time.GetUtcNow()));
            _log.ReadFailed(Name, file.Path, e.Message);
        }

        return lines;
    }

    private long Count(FollowedLog log, in LineBlock block)
    {
        while (true)
        {
            var plan = _plan;
            lock (plan.Rules.Store.Gate)
            {
                // a reload may have come between
                if (ReferenceEquals(plan, _plan))
                {
                    var tally = new Tally();
                    CountLines(log, block, plan.Rules, ref tally);
                    log.Advance(block);
                    Lines += tally.Lines;
                    _metrics.Lines.WithLabels(plan.Name).Inc(tally.Lines);
                    _metrics.Unparsed.WithLabels(plan.Name).Inc(tally.Unparsed);
                    _metrics.Unreadable.WithLabels(plan.Name).Inc(tally.Unreadable);
                    NoteDemotion(plan);
                    return tally.Lines;
                }
            }
        }
    }

    private void NoteDemotion(LogPlan plan)
    {
        if (plan.Rules.TakeDemotion() is { } reason)
        {
            _metrics.Demoted.WithLabels(plan.Name).Inc();
            _log.RegexDemoted(plan.Name, reason);
        }
    }

    private void CountLines(FollowedLog log, in LineBlock block, RuleSet rules, ref Tally tally)
    {
        foreach (var line in block)
        {
            if (log.SkipsRestOf(block))
            {
                continue; // the end of a line whose beginning was counted as unparsed
            }

            tally.Lines++;
            var match = rules.Apply(line.Text, ref tally.Unreadable);
            if (!match.IsMatch)
            {
                tally.Unparsed++;
                TellUnparsed(rules, match, line.Text);
            }
        }

        log.NoteEnd(block, LongestLine);
    }

    private void TellUnparsed(RuleSet rules, Common.Parsing.LineMatch match, ReadOnlySpan<byte> line)
    {
        if (!_toldUnparsed)
        {
            _toldUnparsed = true;
            _log.LineDidNotMatch(Name, rules.Explain(match, line), Encoding.UTF8.GetString(line.Length > ShownOfALine ? line[..ShownOfALine] : line));
        }
    }

    private FollowedLog Followed(FileFollower file)
    {
        lock (_files)
        {
            if (!_files.TryGetValue(file, out var log))
            {
                log = Begin(file);
                _files.Add(file, log);
            }

            return log;
        }
    }

    /// <summary>A file that cannot be opened, or whose folder is missing as a whole and may only not be mounted yet, is not forgotten.</summary>
    private static bool MayComeBack(SavedFile file) =>
        !Directory.Exists(Path.GetDirectoryName(file.Path)) || FileStatus.Of(file.Path)?.Identity == file.Identity;

    private FollowedLog Begin(FileFollower file)
    {
        if (!_saved.Remove(file.Identity, out var saved))
        {
            return new FollowedLog(new TailPosition(file, file.StartOffset), inLongLine: false);
        }

        if (file.Generation == 0 && saved.Mark.IsIn(file))
        {
            _log.FileGoesOn(Name, file.Path, saved.Mark.Offset);
            return new FollowedLog(new TailPosition(file, saved.Mark.Offset, saved.Mark.Window), saved.InLongLine);
        }

        _log.FileIsAnother(Name, file.Path, saved.Mark.Offset);
        return new FollowedLog(new TailPosition(file, 0), inLongLine: false);
    }

    private void Release(FileFollower file)
    {
        lock (_files)
        {
            if (_files.Remove(file, out var log))
            {
                _metrics.Truncated.WithLabels(Name).Inc(log.TakeTruncated());
            }
        }

        _feed.Release(file);
    }

    /// <summary>Changes when a file appears, grows or shrinks.</summary>
    private readonly record struct FilesShape(int Count, long Size, long Generations)
    {
        public static FilesShape Of(IReadOnlyCollection<FileFollower> files) =>
            new(files.Count, files.Sum(file => file.Size), files.Sum(file => (long)file.Generation));
    }

    private struct Tally
    {
        public long Lines;
        public long Unparsed;
        public long Unreadable;
    }
}
