using Sidecars.Adapter.Sources;
using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.Merging;

/// <summary>One file as it was read at a scrape.</summary>
internal sealed record TextFile(string Path, PageAnswer Answer, DateTimeOffset? Modified);

/// <summary>
/// Files that hold metrics, as jobs leave them for node_exporter's textfile collector. A file with a line that is none of the format, as
/// one that is just being written has, or with times, which would be old from the next scrape on, is left out whole; so is a stale one.
/// </summary>
internal sealed class TextFiles(MergedPage page, SourceMetrics sources, MergeMetrics metrics, TimeProvider time, ILogger<TextFiles> log)
{
    private readonly SharedRead<IReadOnlyList<TextFile>> _read = new(() => Read(page, time.GetUtcNow()));
    private HashSet<string> _known = [];
    private HashSet<string> _failing = [];

    public string Name => page.Name;

    /// <summary>Which files, as a path or pattern.</summary>
    public string Pattern => page.Files!;

    /// <summary>Reads all files; within its time, or there are none. Ends with an exception only when the scrape itself was given up.</summary>
    public async Task<IReadOnlyList<TextFile>> ReadAsync(TimeSpan? limit, CancellationToken scrape)
    {
        var started = time.GetTimestamp();
        var timeout = limit < page.Timeout ? limit.Value : page.Timeout;
        try
        {
            return await _read.RunAsync().WaitAsync(timeout, time, scrape);
        }
        catch (TimeoutException)
        {
            return [new TextFile(page.Files!, new PageAnswer(default, "timeout", $"not read within {timeout.TotalSeconds} s"), null)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new TextFile(page.Files!, new PageAnswer(default, "read", e.Message), null)];
        }
        finally
        {
            sources.NoteAsked(Name, time.GetUtcNow());
            sources.Duration.WithLabels(Name).Set(time.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>Adds what is right, and tells in figures and in the log what is not.</summary>
    public void AddTo(MergedFamilies families, IReadOnlyList<TextFile> files)
    {
        lock (metrics)
        {
            var failing = new HashSet<string>();
            foreach (var file in files)
            {
                if (Add(families, file) is var (reason, detail))
                {
                    sources.NoteFailure(Name, reason, new SourceFailure($"{file.Path}: {reason}: {detail}", time.GetUtcNow()));
                    failing.Add(file.Path);
                    if (!_failing.Contains(file.Path))
                    {
                        log.TextFileFailed(Name, file.Path, reason, detail);
                    }
                }
            }

            sources.Up.WithLabels(Name).Set(failing.Count == 0 ? 1 : 0);
            _failing = failing;
            NoteTimes(files);
        }
    }

    /// <summary>Takes back the figures about files.</summary>
    public void Forget()
    {
        lock (metrics)
        {
            NoteTimes([]);
        }
    }

    private void NoteTimes(IReadOnlyList<TextFile> files)
    {
        var known = new HashSet<string>();
        foreach (var file in files.Where(file => file.Modified is not null))
        {
            known.Add(file.Path);
            metrics.Modified.WithLabels(Name, file.Path).Set(file.Modified!.Value.ToUnixTimeMilliseconds() / 1000.0);
        }

        foreach (var gone in _known.Except(known))
        {
            metrics.Modified.RemoveLabelled(Name, gone);
        }

        _known = known;
    }

    private (string Reason, string Detail)? Add(MergedFamilies families, TextFile file)
    {
        if (file.Answer.Failure is { } failure)
        {
            return (failure, file.Answer.Detail);
        }

        var drops = new MergeDrops();
        var read = page.Read(file.Answer.Text.Span, drops);
        if (drops.Malformed > 0)
        {
            return ("unparsed", $"{drops.Malformed} lines are none of the format");
        }

        if (drops.Timed)
        {
            return ("unparsed", "samples have times, which a file cannot");
        }

        families.Add(read, drops);
        metrics.Note(Name, drops);
        return null;
    }

    private static IReadOnlyList<TextFile> Read(MergedPage page, DateTimeOffset now)
    {
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        new PathPattern(page.Files!).Find(paths, new HashSet<string>());
        return [.. paths.Select(path =>
        {
            var (answer, modified) = StatusFile.Read(path, page.MaxAge, now);
            return new TextFile(path, answer, modified);
        })];
    }
}

/// <summary>What files of metrics tell in the adapter's own log.</summary>
internal static partial class TextFilesLog
{
    [LoggerMessage(541, LogLevel.Warning, "File {Path} of {Input} is left out, {Reason}: {Detail}")]
    public static partial void TextFileFailed(this ILogger log, string input, string path, string reason, string detail);
}
