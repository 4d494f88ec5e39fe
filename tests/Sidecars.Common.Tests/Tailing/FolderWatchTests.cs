using System.Collections.Concurrent;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>Real inotify.</summary>
public sealed class FolderWatchTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Some of the pairs lie across two reads; fewer renames than the kernel's queue holds, so that none can be lost in it.</summary>
    [Fact]
    public async Task Both_halves_of_every_rename_find_each_other()
    {
        var renames = new ConcurrentQueue<FolderEvent>();
        using var watch = FolderWatch.TryStart(happened =>
        {
            if (happened.Kind == FolderEventKind.Renamed)
            {
                renames.Enqueue(happened);
            }
        });
        Assert.NotNull(watch);
        Assert.Equal(WatchOutcome.New, watch.Add(_folder.Path));
        var path = _folder.Write("0.log", "");
        for (var i = 1; i <= 3000; i++)
        {
            var next = _folder[$"{i}.log"];
            File.Move(path, next);
            path = next;
        }

        await Eventually.Equal(3000, () => renames.Count);
        Assert.All(renames.Index(), rename => Assert.Equal(
            (_folder[$"{rename.Index}.log"], _folder[$"{rename.Index + 1}.log"]),
            (rename.Item.From, rename.Item.Path)));
    }
}
