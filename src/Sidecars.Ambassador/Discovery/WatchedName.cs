using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Discovery;

/// <summary>
/// Knows where one name leads at any moment: asks in the background, again when the answer's time is over, and keeps the last
/// good answer while the DNS fails. Nobody who wants an address waits for it, except for the very first answer.
/// </summary>
internal sealed partial class WatchedName : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly DnsQuestion _question;
    private readonly Func<DnsOptions> _options;
    private readonly Func<DnsQuestion, DnsOptions, CancellationToken, Task<DnsAnswer>> _ask;
    private readonly Action _changed;
    private readonly DnsMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile DnsAnswer _current = DnsAnswer.None;
    private long _goodAt;
    private int _inARow;
    private bool _deniedBefore;
    private string? _told;

    /// <summary>Does nothing before <see cref="Start"/>.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="options">The options in force.</param>
    /// <param name="ask">Who asks the DNS.</param>
    /// <param name="changed">Told when the name leads elsewhere, after <see cref="Current"/> says so.</param>
    /// <param name="metrics">Where it is counted.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where changes are told.</param>
    public WatchedName(
        DnsQuestion question, Func<DnsOptions> options, Func<DnsQuestion, DnsOptions, CancellationToken, Task<DnsAnswer>> ask, Action changed, DnsMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_question, _options, _ask, _changed, _metrics, _time, _logger) = (question, options, ask, changed, metrics, time, logger);
    }

    /// <summary>Where the name leads now; without servers where that is not known.</summary>
    public DnsAnswer Current => _current;

    /// <summary>Ends with the first answer, be it good or bad.</summary>
    public Task FirstAnswer => _first.Task;

    public void Start() => _ = RunAsync();

    /// <summary>Ends the questions; what is known stays.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _metrics.Forget(_question.Name);
    }

    /// <summary>Takes an answer and says when to ask again.</summary>
    internal TimeSpan Take(DnsAnswer answer, DnsOptions options)
    {
        _metrics.Counted(_question.Name, answer.Word);
        var next = Next(answer, options);
        if (!_current.LeadsWhere(next))
        {
            _current = next;
            LogChanged(_question.Name, next.Result == DnsResult.Hosts ? "what the hosts file says" : next.Servers.Count == 0 ? "nowhere" : string.Join(", ", next.Servers.Select(s => s.Address)));
            _changed();
        }

        _metrics.Known(_question.Name, next.Servers.Count);
        _first.TrySetResult();
        return PauseAfter(answer, options);
    }

    private DnsAnswer Next(DnsAnswer answer, DnsOptions options)
    {
        if (answer.Result is DnsResult.Ok or DnsResult.Hosts)
        {
            (_goodAt, _inARow, _deniedBefore) = (_time.GetTimestamp(), 0, false);
            _told = null;
            return answer;
        }

        _inARow++;
        if (_told != answer.Word)
        {
            _told = answer.Word;
            LogFailed(_question.Name, answer.Word, answer.Trouble, _current.Servers.Count);
        }

        // one denial may come from a server that has just started and does not know its names yet
        var isDenied = answer.IsDenial && _deniedBefore;
        _deniedBefore = answer.IsDenial;
        var isOver = _time.GetElapsedTime(_goodAt) >= options.Keep;
        return isDenied || isOver || _current.Servers.Count == 0 ? answer : _current;
    }

    private TimeSpan PauseAfter(DnsAnswer answer, DnsOptions options)
    {
        var pause = answer.Result == DnsResult.Ok ? answer.Ttl : options.MinTtl * Math.Pow(2, Math.Min(_inARow, 16) - 1);
        var longest = answer.Result == DnsResult.Ok || options.MaxTtl < LongestPause ? options.MaxTtl : LongestPause;
        pause = pause < longest ? pause : longest;
        return pause > options.MinTtl ? pause : options.MinTtl;
    }

    private async Task RunAsync()
    {
        // whoever begins to watch must not be held up by the question
        await Task.Yield();
        try
        {
            while (true)
            {
                var options = _options();
                var answer = await _ask(_question, options, _stopping.Token);
                _stopping.Token.ThrowIfCancellationRequested();
                await Task.Delay(Take(answer, options), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // nobody needs the name any more
        }
#pragma warning disable CA1031 // nobody awaits this task: a bug is told, and those who wait for the first answer go on
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroken(e, _question.Name);
        }

        _first.TrySetResult();
    }

    [LoggerMessage(2201, LogLevel.Information, "The name {Name} leads to {Addresses}")]
    private partial void LogChanged(string name, string addresses);

    [LoggerMessage(2202, LogLevel.Warning, "The name {Name} does not resolve: {Result} ({Trouble}); {Known} addresses are known from before")]
    private partial void LogFailed(string name, string result, string trouble, int known);

    [LoggerMessage(2203, LogLevel.Error, "The name {Name} is not followed any more")]
    private partial void LogBroken(Exception exception, string name);
}
