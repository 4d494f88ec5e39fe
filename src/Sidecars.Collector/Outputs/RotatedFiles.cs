using System.IO.Compression;

namespace Sidecars.Collector.Outputs;

/// <summary>
/// The older files of a file that is written to: PATH.1 is the newest. Compressing them goes on beside the writing: each is written
/// beside, synced, renamed, and only then is what it was made of deleted; one that could not be compressed (disk full, killed) stays as
/// it is until the next time.
/// </summary>
internal sealed class RotatedFiles(string path, int keep, bool compresses) : IDisposable
{
    private const string Extension = ".gz";
    private const string Unfinished = ".gz.new";

    private readonly CancellationTokenSource _end = new();
    private Task _compressing = Task.CompletedTask;

    /// <summary>Makes PATH the newest of them; the oldest goes. Throws <see cref="IOException"/> when that cannot be done.</summary>
    public void Shift()
    {
        // the names change under it
        _compressing.GetAwaiter().GetResult();
        Delete(keep);
        for (var i = keep - 1; i > 0; i--)
        {
            Rename(i, "");
            Rename(i, Extension);
        }

        File.Move(path, Name(1), overwrite: true);
    }

    /// <summary>Compresses in the background what is not compressed yet.</summary>
    public void Compress()
    {
        if (compresses && _compressing.IsCompleted)
        {
            var end = _end.Token;
            _compressing = Task.Run(() => CompressAll(end), CancellationToken.None);
        }
    }

    /// <summary>Ends compressing; what is not done is done another time.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _compressing.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private string Name(int number) => $"{path}.{number}";

    private void Rename(int number, string extension)
    {
        if (File.Exists(Name(number) + extension))
        {
            File.Move(Name(number) + extension, Name(number + 1) + extension, overwrite: true);
        }
    }

    private void Delete(int number)
    {
        File.Delete(Name(number));
        File.Delete(Name(number) + Extension);
        File.Delete(Name(number) + Unfinished);
    }

    private void CompressAll(CancellationToken end)
    {
        for (var i = 1; i <= keep; i++)
        {
            try
            {
                if (File.Exists(Name(i)))
                {
                    Compress(Name(i), end);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                TryDelete(Name(i) + Unfinished);
            }
        }
    }

    private static void Compress(string name, CancellationToken end)
    {
        using (var source = File.OpenRead(name))
        using (var target = new FileStream(name + Unfinished, FileOutput.Opening(FileMode.Create)))
        {
            using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
            {
                source.CopyToAsync(gzip, end).GetAwaiter().GetResult();
            }

            target.Flush(flushToDisk: true);
        }

        File.Move(name + Unfinished, name + Extension, overwrite: true);
        File.Delete(name);
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
