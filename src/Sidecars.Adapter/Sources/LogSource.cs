using System.Text;
using Sidecars.Adapter.Rules;
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

    private readonly string _name;
    private readonly string _path;
    private readonly bool _fromEnd;
    private readonly SourceMetrics _metrics;
    private readonly ILogger _log;
    private readonly FileDiscovery _discovery;
    private readonly FileFeed _feed;
    private readonly LineReader _reader = new(LongestLine);
    private readonly Dictionary<FileFollower, FollowedLog> _files = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private volatile RuleSet _rules;
    private bool _toldUnparsed;

    public LogSource(LogPlan plan, SourceMetrics metrics, TimeProvider time, ILoggerFactory logs)
    {
        _name = plan.Name;
        _path = plan.Path;
        _fromEnd = plan.FromEnd;
        _rules = plan.Rules;
        _metrics = metrics;
        _log = logs.CreateLogger<LogSource>();
        _discovery = new FileDiscovery(new DiscoveryOptions([new DiscoverySource([_path], [], _fromEnd)]), time, logs.CreateLogger<FileDiscovery>());
        _feed = _discovery.Subscribe();
    }

    /// <summary>Whether this source follows what a plan asks for, so that the plan can go on with it.</summary>
    public bool Follows(LogPlan plan) => plan.Name == _name && plan.Path == _path && plan.FromEnd == _fromEnd;

    /// <summary>The lines read since the start.</summary>
    public long Lines { get; private set; }

    /// <summary>Begins. <paramref name="onFailure"/> is called should following end with an error that nothing here foresees.</summary>
    public void Start(Action onFailure)
    {
        _metrics.Announce(_name, isLog: true);
        _log.FollowingBegan(_name, _path);
        _running = Task.WhenAll(
            Task.Run(() => GuardAsync(_discovery.RunAsync, onFailure)),
            Task.Run(() => GuardAsync(FollowAsync, onFailure)));
    }

    /// <summary>From the next block on these rules count. Called under the gate of the store of the rules before.</summary>
    public void Use(RuleSet rules)
    {
        _rules = rules;
        _toldUnparsed = false;
    }

    /// <summary>
    /// The end: stops following, then reads every file to its end, a last line without its line feed included. Whoever still
    /// writes is read until there is nothing new, or the deadline.
    /// </summary>
    public async Task<long> DrainAsync(CancellationToken deadline)
    {
        await StopAsync();
        var lines = 0L;
        long read;
        do
        {
            _discovery.Scan();
            read = 0;
            foreach (var file in _discovery.Files)
            {
                deadline.ThrowIfCancellationRequested();
                read += ReadToEnd(file, flush: true, deadline);
            }

            lines += read;
        }
        while (read > 0);
        return lines;
    }

    /// <summary>Brings the figures about pending bytes up to date, before a scrape.</summary>
    public void Observe()
    {
        long pending = 0, truncated = 0;
        lock (_files)
        {
            foreach (var file in _files.Values)
            {
                pending += file.Position.Pending;
                truncated += file.Position.TruncatedUnread;
            }
        }

        _metrics.Pending.WithLabels(_name).Set(pending);
        _metrics.Truncated.WithLabels(_name).IncTo(truncated);
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
            _log.FollowingFailed(e, _name);
            onFailure();
        }
    }

    private long ReadToEnd(FileFollower file, bool flush, CancellationToken cancellation)
    {
        var log = Followed(file);
        var lines = 0L;
        try
        {
            while (!cancellation.IsCancellationRequested
                && _reader.TryRead(log.Position, flush || _feed.IsLastCall(log.Position), out var block))
            {
                lines += Count(log, block);
                log.Position.Advance(block);
            }

            if (_feed.IsLastCall(log.Position) && log.Position.Pending == 0)
            {
                Release(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _metrics.Errors.WithLabels(_name, "read").Inc();
            _log.ReadFailed(_name, file.Path, e.Message);
        }

        return lines;
    }

    private long Count(FollowedLog log, in LineBlock block)
    {
        var tally = new Tally();
        while (true)
        {
            var rules = _rules;
            lock (rules.Store.Gate)
            {
                // a reload may have come between
                if (rules == _rules)
                {
                    CountLines(log, block, rules, ref tally);
                    break;
                }
            }
        }

        Lines += tally.Lines;
        _metrics.Lines.WithLabels(_name).Inc(tally.Lines);
        _metrics.Unparsed.WithLabels(_name).Inc(tally.Unparsed);
        _metrics.Unreadable.WithLabels(_name).Inc(tally.Unreadable);
        return tally.Lines;
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
            _log.LineDidNotMatch(_name, rules.Extractor.Explain(match), Encoding.UTF8.GetString(line.Length > ShownOfALine ? line[..ShownOfALine] : line));
        }
    }

    private FollowedLog Followed(FileFollower file)
    {
        lock (_files)
        {
            if (!_files.TryGetValue(file, out var log))
            {
                log = new FollowedLog(new TailPosition(file, file.StartOffset));
                _files.Add(file, log);
            }

            return log;
        }
    }

    private void Release(FileFollower file)
    {
        lock (_files)
        {
            _files.Remove(file);
        }

        _feed.Release(file);
    }

    private struct Tally
    {
        public long Lines;
        public long Unparsed;
        public long Unreadable;
    }

    /// <summary>One file: how far it is counted, and whether that is in the middle of a line that is too long.</summary>
    private sealed class FollowedLog(TailPosition position)
    {
        private bool _inLongLine;

        public TailPosition Position { get; } = position;

        public bool SkipsRestOf(in LineBlock block)
        {
            var skips = _inLongLine && block.Start > 0;
            _inLongLine = skips && !block.IsWhole;
            return skips;
        }

        public void NoteEnd(in LineBlock block, int longest) => _inLongLine |= !block.IsWhole && block.Bytes.Length >= longest;
    }
}
