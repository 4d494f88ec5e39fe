using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Configuration;
using Sidecars.Common.Status;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Showing;

/// <summary>What the collector shows on the status page: outputs, files, what became of every byte, and the volume.</summary>
internal sealed class CollectorStatus(CollectorService service, CollectorMetrics metrics, LiveOptions<CollectorOptions> options)
{
    private StatusRates? _fileRates;
    private StatusRates? _outputRates;

    public void AddTo(StatusBoard board)
    {
        _fileRates = board.AddRates(LinesByFile);
        _outputRates = board.AddRates(LinesByOutput);
        board.AddSection("outputs", "Outputs", Outputs);
        board.AddSection("files", "Files", Files);
        board.AddSection("account", "Account", Accounts);
        board.AddSection("volume", "Volume and state", Volume);
    }

    private static string KeyOf(FileFollower file) => file.Identity.ToString();

    private static StatusValue StateOf(Lane lane, long pending) =>
        lane.IsPaused ? StatusValue.State("paused", StatusLevel.Bad)
        : lane.Trouble is not null ? StatusValue.State("retrying", StatusLevel.Bad)
        : pending > 0 ? StatusValue.State("delivering", StatusLevel.Good)
        : StatusValue.State("up to date", StatusLevel.Good);

    /// <summary>The output that is furthest behind in a file, as that is what is left to do.</summary>
    private static FileProgress Furthest(FileFollower file, IReadOnlyList<Lane> lanes)
    {
        var (pending, age, lines) = (0L, TimeSpan.Zero, 0L);
        foreach (var lane in lanes)
        {
            var progress = lane.ProgressIn(file);
            pending = Math.Max(pending, progress.Pending);
            age = progress.Age > age ? progress.Age : age;
            lines = Math.Max(lines, progress.Lines);
        }

        return new FileProgress(file, pending, age, lines);
    }

    private StatusTable Outputs()
    {
        var table = new StatusTable(
            new("output", "Output"),
            new("state", "State"),
            new("since", "Since"),
            new("pending_bytes", "Pending"),
            new("in_flight_bytes", "In flight"),
            new("delivered_lines", "Delivered lines"),
            new("lines_per_second", "Lines/s"),
            new("failed_tries", "Failed tries"),
            new("last_error", "Last error"),
            new("last_error_time", "At"));
        foreach (var lane in service.Pipeline?.Lanes ?? [])
        {
            var pending = lane.PendingBytes;
            var failure = lane.Metrics.LastFailure;
            table.Add(
                StatusValue.Text(lane.Name),
                StateOf(lane, pending),
                StatusValue.Time(lane.TroubleSince),
                StatusValue.Bytes(pending),
                StatusValue.Bytes(lane.Metrics.Account.InFlight),
                StatusValue.Count(lane.Metrics.DeliveredLines),
                StatusValue.PerSecond(_outputRates!.Of(lane.Name)),
                StatusValue.Count(failure?.Count ?? 0),
                StatusValue.Text(lane.IsPaused ? lane.Trouble : failure?.Detail),
                StatusValue.Time(failure?.Time));
        }

        return table;
    }

    private StatusTable Files()
    {
        var table = new StatusTable(
            new("path", "File"),
            new("state", "State"),
            new("size_bytes", "Size"),
            new("done_bytes", "Done up to"),
            new("lag_bytes", "Behind"),
            new("lag_seconds", "Behind for"),
            new("lines", "Lines"),
            new("lines_per_second", "Lines/s"))
        {
            Note = "The furthest behind first, by the output that is furthest behind.",
        };
        if (service.Pipeline is not { } pipeline)
        {
            return table;
        }

        var files = pipeline.Discovery.Files.Select(file => Furthest(file, pipeline.Lanes)).ToList();
        foreach (var (file, pending, age, lines) in files.OrderByDescending(f => f.Pending).ThenByDescending(f => f.Lines).ThenBy(f => f.File.Path, StringComparer.Ordinal).Take(StatusTable.MostRows))
        {
            table.Add(
                StatusValue.Text(file.Path),
                file.State == FileState.Active ? StatusValue.State("active", StatusLevel.Good) : StatusValue.State("rotated", StatusLevel.Neutral),
                StatusValue.Bytes(file.Size),
                StatusValue.Bytes(Math.Max(0, file.Size - pending)),
                StatusValue.Bytes(pending),
                StatusValue.Seconds(age.TotalSeconds),
                StatusValue.Count(lines),
                StatusValue.PerSecond(_fileRates!.Of(KeyOf(file))));
        }

        table.LeaveOut(files.Count - StatusTable.MostRows);
        return table;
    }

    private StatusTable Accounts()
    {
        var table = new StatusTable(
            new("output", "Output"),
            new("read_bytes", "Read"),
            new("delivered_bytes", "= delivered"),
            new("dropped_bytes", "+ dropped"),
            new("returned_bytes", "+ given back"),
            new("in_flight_bytes", "+ in flight"),
            new("difference_bytes", "Difference"))
        {
            Note = "What was read, and what became of it, since the start. Given back: to be read again. A difference is of figures taken while lines pass, and is gone at the next look.",
        };
        foreach (var lane in service.Pipeline?.Lanes ?? [])
        {
            var account = lane.Metrics.Account;
            table.Add(
                StatusValue.Text(lane.Name),
                StatusValue.Count(account.Read),
                StatusValue.Count(account.Delivered),
                StatusValue.Count(account.Dropped),
                StatusValue.Count(account.Returned),
                StatusValue.Count(account.InFlight),
                StatusValue.Count(account.Difference));
        }

        return table;
    }

    private StatusTable Volume()
    {
        var current = options.Current;
        var table = new StatusTable(
            new("reclaim", "Reclaim"),
            new("state", "State"),
            new("apparent_bytes", "Size of the files"),
            new("allocated_bytes", "On the volume"),
            new("undelivered_bytes", "Undelivered"),
            new("high_water_bytes", "High water"),
            new("reclaimed_bytes", "Given back"),
            new("deleted_files", "Deleted files"),
            new("cursors", "Cursors"));
        var volume = metrics.Volume.State;
        var isOver = current.Volume.HighWater is { } highWater && volume.Allocated > highWater.Bytes;
        table.Add(
            StatusValue.Text(current.Reclaim == ReclaimMode.AfterDelivery ? "after-delivery" : "never"),
            isOver ? StatusValue.State("over high water", StatusLevel.Bad) : StatusValue.State("ok", StatusLevel.Good),
            StatusValue.Bytes(volume.Apparent),
            StatusValue.Bytes(volume.Allocated),
            StatusValue.Bytes(volume.Undelivered),
            current.Volume.HighWater is { } mark ? StatusValue.Bytes(mark.Bytes) : StatusValue.None,
            StatusValue.Bytes(metrics.Volume.ReclaimedBytes),
            StatusValue.Count(metrics.Volume.DeletedFiles),
            service.Pipeline?.Cursors.IsPersistent == false ? StatusValue.State("in memory only", StatusLevel.Warning) : StatusValue.State("on disk", StatusLevel.Good));
        return table;
    }

    /// <summary>Of thousands of files, the ones that were written to last.</summary>
    private IEnumerable<KeyValuePair<string, double>> LinesByFile()
    {
        if (service.Pipeline is not { } pipeline)
        {
            return [];
        }

        var files = pipeline.Discovery.Files;
        var busy = files.Count <= StatusRates.Most ? files : files.OrderBy(file => file.QuietFor).Take(StatusRates.Most);
        return busy.Select(file => KeyValuePair.Create(KeyOf(file), (double)pipeline.Lanes.Max(lane => lane.LinesIn(file))));
    }

    private IEnumerable<KeyValuePair<string, double>> LinesByOutput() =>
        (service.Pipeline?.Lanes ?? []).Select(lane => KeyValuePair.Create(lane.Name, (double)lane.Metrics.DeliveredLines));

    private readonly record struct FileProgress(FileFollower File, long Pending, TimeSpan Age, long Lines);
}
