using Microsoft.Win32.SafeHandles;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Outputs;

/// <summary>
/// A file that whole batches are appended to. A batch that did not fit (disk full) is cut off again, so that the retry leaves no torn
/// line; a file that someone renamed or deleted is opened anew by its path; after a kill in the middle of a write the torn line is
/// closed with a newline, and its batch comes again, as it was not acknowledged.
/// </summary>
internal sealed partial class FileOutput(string name, FileOutputOptions options, TimeProvider time, Action<string, Exception>? notCompressed = null) : Output(name)
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly RotatedFiles _rotated = new(options.Path, options.Keep, options.Compress, notCompressed);
    private SafeFileHandle? _handle;
    private FileIdentity _identity;
    private DateTime _begun;

    /// <summary>The output for checked options.</summary>
    public static FileOutput Create(string name, FileOutputOptions options, OutputContext context) => new(name, options, context.Time, (file, exception) =>
    {
        context.Metrics.CompressionFailed();
        LogNotCompressed(context.Log, name, file, exception.Message);
    });

    public override ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        try
        {
            var handle = Current();
            var length = RandomAccess.GetLength(handle);
            if (length > 0 && (length + batch.Payload.Length > options.MaxSize?.Bytes || IsTooOld()))
            {
                handle = Rotate();
                length = 0;
            }

            Append(handle, length, batch.Payload.Span);
            return ValueTask.FromResult(Delivery.Acknowledged);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Close();
            return ValueTask.FromResult(Delivery.Failed(Reason(exception), exception.Message));
        }
    }

    public override void Flush()
    {
        if (_handle is { } handle)
        {
            RandomAccess.FlushToDisk(handle);
        }
    }

    public override void Dispose()
    {
        Close();
        _rotated.Dispose();
    }

    /// <summary>How files are opened that others may read.</summary>
    internal static FileStreamOptions Opening(FileMode mode)
    {
        var how = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (OperatingSystem.IsLinux())
        {
            how.UnixCreateMode = Mode;
        }

        return how;
    }

    private static void Append(SafeFileHandle handle, long length, ReadOnlySpan<byte> payload)
    {
        try
        {
            RandomAccess.Write(handle, payload, length);
        }
        catch (IOException)
        {
            CutOff(handle, length);
            throw;
        }
    }

    private static void CutOff(SafeFileHandle handle, long length)
    {
        try
        {
            RandomAccess.SetLength(handle, length);
        }
        catch (IOException)
        {
            // then the torn line is closed when the file is opened for the retry
        }
    }

    private static string Reason(Exception exception)
    {
        const int noSpace = 28;
        const int quota = 122;
        return exception is UnauthorizedAccessException ? "denied"
            : (exception.HResult & 0xFFFF) is noSpace or quota ? "full"
            : "write";
    }

    /// <summary>The open file, when the path still leads to it.</summary>
    private SafeFileHandle Current()
    {
        if (_handle is { } handle && FileStatus.Of(options.Path)?.Identity == _identity)
        {
            return handle;
        }

        Close();
        return Open();
    }

    private SafeFileHandle Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.Path)!);

        // the stream is only the way to say the mode; the handle is what is kept
        _handle = new FileStream(options.Path, Opening(FileMode.OpenOrCreate)).SafeFileHandle;
        _identity = FileStatus.Of(_handle).Identity;
        _begun = RandomAccess.GetLength(_handle) > 0 && _identity.Birth > 0
            ? DateTime.UnixEpoch.AddTicks(_identity.Birth / TimeSpan.NanosecondsPerTick)
            : time.GetUtcNow().UtcDateTime;
        CloseTornLine(_handle);
        _rotated.Compress();
        return _handle;
    }

    private static void CloseTornLine(SafeFileHandle handle)
    {
        var length = RandomAccess.GetLength(handle);
        Span<byte> last = stackalloc byte[1];
        if (length > 0 && RandomAccess.Read(handle, last, length - 1) == 1 && last[0] != (byte)'\n')
        {
            RandomAccess.Write(handle, "\n"u8, length);
        }
    }

    private SafeFileHandle Rotate()
    {
        Close();
        _rotated.Shift();
        return Open();
    }

    private bool IsTooOld() => options.MaxAge is { } most && time.GetUtcNow().UtcDateTime - _begun >= most;

    private void Close()
    {
        _handle?.Dispose();
        _handle = null;
    }

    [LoggerMessage(342, LogLevel.Warning, "Output {Output} could not compress {File}, which stays as it is until the next rotation: {Reason}")]
    private static partial void LogNotCompressed(ILogger log, string output, string file, string reason);
}
