using System.Net.Sockets;
using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Sources;

/// <summary>A page as it answered at one scrape; without text when it did not.</summary>
internal readonly record struct PageAnswer(ReadOnlyMemory<byte> Text, string? Failure, string Detail);

/// <summary>Asks for one page at each scrape. Whatever the other side does, the answer comes within the timeout and is of bounded size.</summary>
internal sealed class PageSource(PagePlan plan, HttpClient client, SourceMetrics metrics, TimeProvider time, ILogger<PageSource> log)
{
    private const int LongestPage = 1024 * 1024;

    private bool _isFailing;

    /// <summary>Asks. Ends with an exception only when the scrape itself was given up.</summary>
    public async Task<PageAnswer> AskAsync(TimeSpan? limit, CancellationToken scrape)
    {
        var timeout = limit < plan.Timeout ? limit.Value : plan.Timeout;
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(scrape, deadline.Token);
        PageAnswer answer;
        try
        {
            answer = await FetchAsync(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !scrape.IsCancellationRequested)
        {
            answer = new PageAnswer(default, "timeout", $"no answer from {plan.Address} within {timeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            answer = new PageAnswer(default, e.InnerException is SocketException ? "connect" : "protocol", e.Message);
        }

        metrics.Duration.WithLabels(plan.Name).Set(time.GetElapsedTime(started).TotalSeconds);
        return answer;
    }

    /// <summary>Applies the rules to an answer. Called under the gate of the store of pages.</summary>
    public void Apply(PageAnswer answer)
    {
        var unreadable = 0L;
        if (answer.Failure is null)
        {
            var match = plan.Rules.Apply(answer.Text.Span, ref unreadable);
            if (!match.IsMatch)
            {
                answer = new PageAnswer(default, "unparsed", $"{plan.Address} does not match the format {plan.Rules.Extractor.Explain(match)}");
            }
        }

        Note(answer);
        metrics.Unreadable.WithLabels(plan.Name).Inc(unreadable);
        metrics.Up.WithLabels(plan.Name).Set(answer.Failure is null ? 1 : 0);
        if (plan.Up is { } up)
        {
            up.GetOrAdd([]).Value = answer.Failure is null ? 1 : 0;
        }
    }

    private async Task<PageAnswer> FetchAsync(CancellationToken cancellation)
    {
        using var response = await client.GetAsync(plan.Address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return new PageAnswer(default, "status", $"{plan.Address} answered {(int)response.StatusCode}");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var page = new byte[4096];
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(page.AsMemory(length), cancellation);
            length += read;
            if (read == 0)
            {
                return new PageAnswer(page.AsMemory(0, PageText.Normalise(page.AsSpan(0, length))), null, "");
            }

            if (length > LongestPage)
            {
                return new PageAnswer(default, "too_large", $"{plan.Address} is longer than {LongestPage} bytes");
            }

            if (length == page.Length)
            {
                Array.Resize(ref page, page.Length * 2);
            }
        }
    }

    /// <summary>Logs when it changes between working and failing, not at every scrape.</summary>
    private void Note(PageAnswer answer)
    {
        if (answer.Failure is { } reason)
        {
            metrics.Errors.WithLabels(plan.Name, reason).Inc();
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
