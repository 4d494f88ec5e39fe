using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Configuration;

/// <summary>
/// Notices a changed configuration. A ConfigMap volume changes by a swap of its <c>..data</c> link, which a watch on the file
/// never sees; so the directory is watched, and because a watch can be missed (or not be had), the file is also read at an interval.
/// </summary>
internal sealed partial class ConfigurationWatcher<TOptions>(
    ConfigurationReloader<TOptions> reloader,
    TimeProvider time,
    ILogger<ConfigurationWatcher<TOptions>> log) : BackgroundService
    where TOptions : class, new()
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);

    // an editor writes in several steps
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _changed = new(0);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (reloader.File is not { } file)
        {
            return;
        }

        if (await IsMountedAloneAsync(file, stoppingToken).ConfigureAwait(false))
        {
            LogNeverChanges(file);
        }

        using var watcher = Watch(file);
        do
        {
            // the first look is for what changed before the watch stood
            reloader.Reload();
            await WaitAsync(stoppingToken).ConfigureAwait(false);
        }
        while (!stoppingToken.IsCancellationRequested);
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var poll = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(_ => poll.Cancel(), null, PollInterval, Timeout.InfiniteTimeSpan);
        try
        {
            await _changed.WaitAsync(poll.Token).ConfigureAwait(false);
            await Task.Delay(Settle, time, stoppingToken).ConfigureAwait(false);
            while (await _changed.WaitAsync(0, stoppingToken).ConfigureAwait(false))
            {
                // one look serves all events so far
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // time for a look without an event
        }
    }

    private FileSystemWatcher? Watch(string file)
    {
        try
        {
            var watcher = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(file))!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite,
            };
            watcher.Created += (_, _) => _changed.Release();
            watcher.Changed += (_, _) => _changed.Release();
            watcher.Renamed += (_, _) => _changed.Release();
            watcher.Deleted += (_, _) => _changed.Release();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            LogNotWatched(file, PollInterval, e);
            return null;
        }
    }

    // a file that is a mount point of its own was mounted with subPath, which Kubernetes never updates
    private static async Task<bool> IsMountedAloneAsync(string file, CancellationToken stoppingToken)
    {
        try
        {
            var mounts = await File.ReadAllLinesAsync("/proc/self/mountinfo", stoppingToken).ConfigureAwait(false);
            var path = Path.GetFullPath(file);
            return Array.Exists(mounts, m => m.Split(' ') is { Length: > 4 } fields && fields[4] == path);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LoggerMessage(111, LogLevel.Warning, "{File} is mounted with subPath, which Kubernetes never updates: changes will not arrive. Mount the volume's directory instead")]
    private partial void LogNeverChanges(string file);

    [LoggerMessage(112, LogLevel.Warning, "The directory of {File} cannot be watched; it is read every {Interval} instead")]
    private partial void LogNotWatched(string file, TimeSpan interval, Exception exception);
}
