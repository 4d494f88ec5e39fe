using System.IO.Compression;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Outputs;

/// <summary>
/// The older files of a file that is written to: PATH.1 is the newest. Compressing them goes on beside the writing, and rotation never
/// waits for it: a file is known by its identity, as its name changes while it is compressed. Each is written beside, synced, renamed,
/// and only then is what it was made of deleted; one that could not be compressed (disk full, killed) stays as it is until the next
/// rotation, and <paramref name="failed"/> is told of it.
/// </summary>
internal sealed class RotatedFiles(string path, int keep, bool compresses, Action<string, Exception>? failed) : IDisposable
{
    private const string Extension = ".gz";
    private const int Chunk = 128 * 1024;
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<FileIdentity> _tried = [];
    private readonly Lock _names = new();
    private Task _compressing = Task.CompletedTask;
    private bool _isCompressing;
    private bool _isClean;

    /// <summary>What is being compressed goes here; one at a time.</summary>
    private string Unfinished => path + Extension + ".new";

    /// <summary>Makes PATH the newest of them; the oldest goes. Throws <see cref="IOException"/> when that cannot be done.</summary>
    public void Shift()
    {
        lock (_names)
        {
            _tried.Clear();
            File.Delete(Name(keep));
            File.Delete(Name(keep) + Extension);
            for (var i = keep - 1; i > 0; i--)
            {
                Rename(i, "");
                Rename(i, Extension);
            }

            File.Move(path, Name(1), overwrite: true);
        }
    }

    /// <summary>Compresses in the background what is not compressed yet, what could not be before included.</summary>
    public void Compress()
    {
        lock (_names)
        {
            RemoveLeftOver();
            if (!compresses || _isCompressing)
            {
                return;
            }

            _isCompressing = true;
            var end = _end.Token;

            // it takes minutes for large files, which is too long for a thread of the pool
            _compressing = Task.Factory.StartNew(() => CompressAll(end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Ends compressing, and does not wait long for a disk that hangs; what is not done is done another time.</summary>
    public void Dispose()
    {
        _end.Cancel();
        if (_compressing.Wait(LongestEnd))
        {
            _end.Dispose();
        }
    }

    private string Name(int number) => $"{path}.{number}";

    private void Rename(int number, string extension)
    {
        if (File.Exists(Name(number) + extension))
        {
            File.Move(Name(number) + extension, Name(number + 1) + extension, overwrite: true);
        }
    }

    /// <summary>A process that was killed left what it was compressing.</summary>
    private void RemoveLeftOver()
    {
        if (!_isClean)
        {
            TryDelete(Unfinished);
            _isClean = true;
        }
    }

    private void CompressAll(CancellationToken end)
    {
        while (Next() is { } file)
        {
            try
            {
                if (TryCompress(file, end))
                {
                    continue;
                }

                TryDelete(Unfinished);
            }
            catch (OperationCanceledException)
            {
                TryDelete(Unfinished);
                return;
            }
#pragma warning disable CA1031 // whatever it is, the file is still there and is tried again at the next rotation
            catch (Exception exception)
#pragma warning restore CA1031
            {
                TryDelete(Unfinished);
                failed?.Invoke(NameOf(file) ?? path, exception);
            }
        }
    }

    /// <summary>The next that was not tried since the last rotation; null ends compressing.</summary>
    private FileIdentity? Next()
    {
        lock (_names)
        {
            for (var i = 1; i <= keep; i++)
            {
                if (FileStatus.Of(Name(i)) is { IsRegular: true } file && _tried.Add(file.Identity))
                {
                    return file.Identity;
                }
            }

            _isCompressing = false;
            return null;
        }
    }

    /// <summary>What a file is called now; null when it is gone.</summary>
    private string? NameOf(FileIdentity file) =>
        Enumerable.Range(1, keep).Select(Name).FirstOrDefault(name => FileStatus.Of(name)?.Identity == file);

    /// <summary>False when the file was deleted meanwhile, as the oldest of too many.</summary>
    private bool TryCompress(FileIdentity file, CancellationToken end)
    {
        using (var target = new FileStream(Unfinished, FileOutput.Opening(FileMode.Create)))
        {
            using (var source = Open(file))
            {
                if (source is null)
                {
                    return false;
                }

                using var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true);
                Copy(source, gzip, end);
            }

            target.Flush(flushToDisk: true);
        }

        lock (_names)
        {
            end.ThrowIfCancellationRequested();
            if (NameOf(file) is not { } name)
            {
                return false;
            }

            File.Move(Unfinished, name + Extension, overwrite: true);
            File.Delete(name);
            return true;
        }
    }

    private FileStream? Open(FileIdentity file)
    {
        lock (_names)
        {
            return NameOf(file) is { } name ? File.OpenRead(name) : null;
        }
    }

    private static void Copy(FileStream source, GZipStream gzip, CancellationToken end)
    {
        var buffer = new byte[Chunk];
        for (int count; (count = source.Read(buffer)) > 0;)
        {
            end.ThrowIfCancellationRequested();
            gzip.Write(buffer, 0, count);
        }
    }

    private static void TryDelete(string name)
    {
        try
        {
            File.Delete(name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // it is overwritten the next time
        }
    }
}
