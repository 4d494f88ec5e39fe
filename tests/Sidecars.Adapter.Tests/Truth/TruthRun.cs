using Sidecars.Adapter.State;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Truth;

/// <summary>One run: random traffic to several logs, random things that happen to them, and an adapter that ends well or is killed.</summary>
internal sealed class TruthRun : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly Ledger _ledger = new();
    private readonly Random _random;
    private readonly TruthWriter[] _writers;
    private readonly PageWatch _watch;
    private int _copies;

    public TruthRun(int seed)
    {
        _random = new Random(seed);
        Directory.CreateDirectory(_folder["logs"]);
        Directory.CreateDirectory(_folder["copies"]);
        _writers = [.. Enumerable.Range(0, 3).Select(i => new TruthWriter(_folder[$"logs/app{i}.log"], _ledger, _random))];
        _watch = new PageWatch(_ledger);
    }

    /// <summary>The scrapes that went on beside it and were right.</summary>
    public int Scrapes => _watch.Scrapes;

    public async Task RunAsync(int rounds)
    {
        for (var round = 0; round <= rounds; round++)
        {
            await using var adapter = await StartAsync();
            AssertPage(await adapter.MetricsAsync());
            _watch.Page = new Uri(adapter.AdminUrl, "metrics");
            for (var i = _random.Next(3, 10); i > 0 && round < rounds; i--)
            {
                await StepAsync(Any());
            }

            await EndAsync(adapter, isKilled: round < rounds && _random.Next(2) == 0);
            _watch.Page = null;
            for (var i = _random.Next(3); i > 0; i--)
            {
                Unseen(Any());
            }
        }

        Array.ForEach(_writers, writer => writer.Finish());
        await using var last = await StartAsync();
        AssertPage(await last.MetricsAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        Array.ForEach(_writers, writer => writer.Dispose());
        _folder.Dispose();
    }

    private TruthWriter Any() => _writers[_random.Next(_writers.Length)];

    private async Task StepAsync(TruthWriter writer)
    {
        switch (_random.Next(8))
        {
            case 0:
                writer.Rotate();
                break;
            case 1:
                // what is gone from a file can only be known from the record
                Array.ForEach(_writers, each => each.Finish());
                await Eventually.Equal(_ledger.Lines, OnRecord, Deadline);
                writer.CopyAndTruncate(_folder[$"copies/{_copies++}"]);
                break;
            case 2:
                writer.Pause();
                break;
            default:
                writer.Write(_random.Next(1, 2000));
                break;
        }
    }

    /// <summary>While no adapter is there.</summary>
    private void Unseen(TruthWriter writer)
    {
        if (_random.Next(3) == 0)
        {
            writer.Rotate();
        }
        else
        {
            writer.Write(_random.Next(1, 500));
        }

        Array.ForEach(_writers, each => each.Finish());
    }

    private async Task EndAsync(SidecarProcess adapter, bool isKilled)
    {
        if (isKilled)
        {
            adapter.Signal(UnixSignal.Kill);
            await adapter.WaitForExitAsync();
            Array.ForEach(_writers, writer => writer.Finish()); // the next start is compared at once
            return;
        }

        // at a termination, a line that is not whole counts as it is
        Array.ForEach(_writers, writer => writer.Finish());
        Assert.Equal(0, await adapter.TerminateAsync());
        Assert.Contains("state saved", adapter.Output, StringComparison.Ordinal);
    }

    private void AssertPage(MetricsText page)
    {
        foreach (var ((kind, status), count) in _ledger.Requests)
        {
            Assert.Equal(count, page.Value("requests_total", ("kind", kind), ("class", status)));
        }

        Assert.Equal(_ledger.Lines, page.Sum("requests_total"));
        Assert.Equal(_ledger.Failures, page.Sum("failures_total"));
        Assert.Equal(_ledger.Bytes, page.Sum("sent_bytes_sum"));
        Assert.Equal(_ledger.Bytes, page.Sum("size_bytes_sum"));
    }

    private long OnRecord() => StateFormat.Read(File.ReadAllBytes(_folder["state/adapter.state"]))!.Families
        .Where(family => family.Identity.StartsWith("requests_total ", StringComparison.Ordinal))
        .Sum(family => (long)family.Series.Sum(series => series.Value));

    private async Task<SidecarProcess> StartAsync()
    {
        var port = FreePort.Next();
        var file = _folder.Write("adapter.yaml", $$"""
            admin: { listen: "127.0.0.1:{{port}}" }
            state: { directory: {{_folder["state"]}}, interval: 100ms }
            inputs:
              truth:
                tail: {{_folder["logs"]}}/app*
                format: $number $kind $status $bytes
                metrics:
                  - { counter: requests_total, labels: [kind, { class: { field: status, status_class: true } }] }
                  - { counter: failures_total, when: status >= 500 }
                  - { histogram: sent_bytes, value: bytes, labels: [kind], buckets: [100, 1000] }
                  - { summary: size_bytes, value: bytes }
            """);
        var adapter = SidecarProcess.Start("adapter", port, ["--config", file], new Dictionary<string, string?> { ["ADAPTER_STATE_DIRECTORY"] = null });
        await adapter.WaitReadyAsync();
        return adapter;
    }
}
