using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Truth;

/// <summary>Scrapes all the time: no count may ever fall, be ahead of what was written, or disagree with another on the same page.</summary>
internal sealed class PageWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private readonly Ledger _ledger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile Uri? _page;
    private int _scrapes;

    public PageWatch(Ledger ledger)
    {
        _ledger = ledger;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Where the page is now; null while there is none.</summary>
    public Uri? Page
    {
        get => _page;
        set => _page = value;
    }

    public int Scrapes => Volatile.Read(ref _scrapes);

    /// <summary>Ends, with an exception where a scrape was not as it must be.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var pace = new PeriodicTimer(Pace);
        var last = 0.0;
        while (!_stop.IsCancellationRequested)
        {
            if (_page is { } url && await TryFetchAsync(url) is { } page)
            {
                last = Check(page, last);
                Interlocked.Increment(ref _scrapes);
            }

            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private double Check(MetricsText page, double last)
    {
        var requests = page.Sum("requests_total");
        Assert.True(requests >= last, $"{requests} after {last}");
        Assert.True(requests <= _ledger.Lines, $"{requests} of {_ledger.Lines}");
        Assert.Equal(requests, page.Sum("sent_bytes_count"));
        Assert.Equal(requests, page.Sum("size_bytes_count"));
        Assert.True(page.Sum("failures_total") <= requests);
        return requests;
    }

    private static async Task<MetricsText?> TryFetchAsync(Uri url)
    {
        try
        {
            var page = await MetricsText.FetchAsync(url);
            return page.Find("sidecars_adapter_lines_total", ("input", "truth")) is null ? null : page; // its port may be another's by now
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null; // it was killed, ends, or is slow
        }
    }
}
