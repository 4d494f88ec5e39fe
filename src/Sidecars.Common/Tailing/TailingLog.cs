using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tailing;

/// <summary>What tailing tells; a file that stays unreadable is told once.</summary>
internal sealed partial class TailingLog(ILogger logger)
{
    private readonly HashSet<string> _told = [];

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "Opened {File}: {Size} bytes, {State}")]
    public partial void FileWasOpened(string file, long size, FileState state);

    [LoggerMessage(EventId = 202, Level = LogLevel.Information, Message = "{From} is now {File}")]
    public partial void FileWasRenamed(string from, string file);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "{File} was renamed or deleted; reading it to its end")]
    public partial void FileWasRotated(string file);

    [LoggerMessage(EventId = 204, Level = LogLevel.Information, Message = "Closed {File}")]
    public partial void FileWasClosed(string file);

    [LoggerMessage(EventId = 208, Level = LogLevel.Information, Message = "Opened {File}: {Size} bytes, compressed of {Length}")]
    public partial void CompressedFileWasOpened(string file, long size, long length);

    [LoggerMessage(EventId = 205, Level = LogLevel.Warning,
        Message = "No inotify instance is left on this node (fs.inotify.max_user_instances); looking at the files every {Interval} instead")]
    public partial void InotifyWasMissing(TimeSpan interval);

    public void FileCouldNotBeOpened(string file, string reason)
    {
        if (_told.Add(file))
        {
            FileWasNotOpened(file, reason);
        }
    }

    public void FolderWasUnreadable(string pattern, string reason)
    {
        if (_told.Add(pattern))
        {
            FolderWasNotRead(pattern, reason);
        }
    }

    [LoggerMessage(EventId = 206, Level = LogLevel.Warning, Message = "Cannot open {File}: {Reason}; trying again")]
    private partial void FileWasNotOpened(string file, string reason);

    [LoggerMessage(EventId = 207, Level = LogLevel.Warning, Message = "Cannot look for {Pattern}: {Reason}; trying again")]
    private partial void FolderWasNotRead(string pattern, string reason);
}
