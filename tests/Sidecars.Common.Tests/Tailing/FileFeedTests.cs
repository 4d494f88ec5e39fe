using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>A consumer with a thread of its own.</summary>
public sealed class FileFeedTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();
    private readonly FileDiscovery _discovery;
    private readonly FileFeed _feed;

    public FileFeedTests()
    {
        _folder.Write("a.log", "1\n");
        _discovery = new FileDiscovery(Tail.Options(_folder["*.log"]), TimeProvider.System, NullLogger<FileDiscovery>.Instance);
        _feed = _discovery.Subscribe();
    }

    public void Dispose()
    {
        _discovery.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Next_NothingThereYet_WakesWhenAFileIsOffered()
    {
        var next = OnOwnThread(() => _feed.Next(CancellationToken.None));
        Assert.True(_feed.IsIdle);
        _discovery.Scan();
        Assert.Equal(_folder["a.log"], (await next).Path);
        Assert.False(_feed.IsIdle);
    }

    [Fact]
    public async Task Next_QueuedTwice_IsTakenOnceAndThenWaits()
    {
        _discovery.Scan();
        var file = await OnOwnThread(() => _feed.Next(CancellationToken.None));
        _feed.Requeue(file);
        _feed.Requeue(file);
        Assert.Same(file, await OnOwnThread(() => _feed.Next(CancellationToken.None)));
        Assert.False(_feed.HasMore);
        var next = OnOwnThread(() => _feed.Next(CancellationToken.None));
        await Eventually.True(() => _feed.IsIdle, Deadline);
        File.AppendAllText(file.Path, "2\n");
        await Eventually.True(() =>
        {
            _discovery.Scan();
            return next.IsCompleted;
        });
        Assert.Same(file, await next);
    }

    [Fact]
    public async Task Next_Cancelled_LeavesWhereverItIs()
    {
        using var stop = new CancellationTokenSource();
        var next = OnOwnThread(() => _feed.Next(stop.Token));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OnOwnThread(() => _feed.Next(stop.Token)));
    }

    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(Deadline);
}
