using System.Net.Sockets;
using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Sources;

/// <summary>A page as it answered at one scrape; without text when it did not.</summary>
internal readonly record struct PageAnswer(Memory<byte> Text, string? Failure, string Detail);

/// <summary>
/// Asks for one page, at each scrape or at an interval of its own. Whatever the other side does, the answer comes within the timeout
/// and is of bounded size.
/// </summary>
internal sealed class PageSource(PagePlan plan, PageClient client, SourceMetrics metrics, TimeProvider time, ILogger<PageSource> log) : IAsyncDisposable
{
    /// <summary>How long the end waits for what is being asked, which has been told to end.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly SharedRead<PageAnswer> _file = new(() => StatusFile.Read(plan.Address.Path, plan.Address.MaxAge, time.GetUtcNow()).Answer);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<PageAnswer> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PageAnswer[]? _last;
    private Task _polling = Task.CompletedTask;
    private bool _isFailing;

    /// <summary>Begins to poll, where an interval is given.</summary>
    public void Start()
    {
        if (plan.Interval is { } interval)
        {
            _polling = Task.Run(() => PollAsync(interval));
        }
    }

    /// <summary>The answer for a scrape. Ends with an exception only when the scrape itself was given up.</summary>
    public Task<PageAnswer> AnswerAsync(TimeSpan? limit, CancellationToken scrape) =>
        plan.Interval is null ? AskAsync(limit, scrape)
        : Volatile.Read(ref _last) is [var last] ? Task.FromResult(last)
        : _first.Task.WaitAsync(scrape);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _polling.WaitAsync(LongestEnd, time);
            _stop.Dispose();
        }
        catch (TimeoutException)
        {
            // it ends when it can
        }
    }

    private async Task PollAsync(TimeSpan interval)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                var answer = await AskAsync(null, _stop.Token);
                Volatile.Write(ref _last, [answer]);
                _first.TrySetResult(answer);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _first.TrySetCanceled();
        }
    }

    private async Task<PageAnswer> AskAsync(TimeSpan? limit, CancellationToken scrape)
    {
        var timeout = limit < plan.Timeout ? limit.Value : plan.Timeout;
        var started = time.GetTimestamp();
        metrics.NoteAsked(plan.Name, time.GetUtcNow());
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(scrape, deadline.Token);
        PageAnswer answer;
        try
        {
            answer = await GetAsync(either.Token);
            answer = answer with { Text = answer.Text[..plan.Rules.Normalise(answer.Text.Span)] };
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !scrape.IsCancellationRequested)
        {
            answer = new PageAnswer(default, "timeout", $"no answer from {plan.Address} within {timeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            answer = new PageAnswer(default, e is SocketException || e.InnerException is SocketException ? "connect" : "protocol", e.Message);
        }

        metrics.Duration.WithLabels(plan.Name).Set(time.GetElapsedTime(started).TotalSeconds);
        return answer;
    }

    private Task<PageAnswer> GetAsync(CancellationToken cancellation) =>
        plan.Address.Protocol == PageProtocol.File ? GetFileAsync(cancellation) : client.GetAsync(plan.Address, cancellation);

    private async Task<PageAnswer> GetFileAsync(CancellationToken cancellation)
    {
        var answer = await _file.RunAsync().WaitAsync(cancellation);
        return answer with { Text = answer.Text.ToArray() }; // another scrape may have the same
    }

    /// <summary>Applies the rules to an answer. Called under the gate of the store of pages.</summary>
    public void Apply(PageAnswer answer)
    {
        var unreadable = 0L;
        if (answer.Failure is null)
        {
            if (plan.Rules.ApplyPage(answer.Text, ref unreadable) is { } mismatch)
            {
                answer = new PageAnswer(default, "unparsed", $"{plan.Address} is not of the form expected: {mismatch}");
            }
        }

        Conclude(answer);
        metrics.Unreadable.WithLabels(plan.Name).Inc(unreadable);
        if (plan.Rules.TakeDemotion() is { } demotion)
        {
            metrics.Demoted.WithLabels(plan.Name).Inc();
            log.RegexDemoted(plan.Name, demotion);
        }

        if (plan.Up is { } up)
        {
            up.GetOrAdd([]).Value = answer.Failure is null ? 1 : 0;
        }
    }

    /// <summary>Tells in figures and in the log how the page answered.</summary>
    public void Conclude(PageAnswer answer)
    {
        Note(answer);
        metrics.Up.WithLabels(plan.Name).Set(answer.Failure is null ? 1 : 0);
    }

    /// <summary>Logs when it changes between working and failing, not at every scrape.</summary>
    private void Note(PageAnswer answer)
    {
        if (answer.Failure is { } reason)
        {
            metrics.NoteFailure(plan.Name, reason, new SourceFailure($"{reason}: {answer.Detail}", time.GetUtcNow()));
            if (!_isFailing)
            {
                log.PageFailed(plan.Name, reason, answer.Detail);
            }
        }
        else if (_isFailing)
        {
            log.PageRecovered(plan.Name);
        }

        _isFailing = answer.Failure is not null;
    }
}
