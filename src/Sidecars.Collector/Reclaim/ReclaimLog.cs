namespace Sidecars.Collector.Reclaim;

/// <summary>What giving room back has to tell.</summary>
internal sealed partial class ReclaimLog(ILogger logger)
{
    [LoggerMessage(EventId = 331, Level = LogLevel.Warning,
        Message = "reclaim: after-delivery cannot free what was delivered of {File} ({Reason}): it belongs to user {Owner}; run the collector as that user (securityContext.runAsUser: {Owner}), on a file system that can punch holes")]
    public partial void RoomCannotBeReclaimed(string file, string reason, uint owner);

    [LoggerMessage(EventId = 332, Level = LogLevel.Debug, Message = "Gave {Bytes} delivered bytes of {File} back to the volume")]
    public partial void RoomWasReclaimed(long bytes, string file);

    [LoggerMessage(EventId = 333, Level = LogLevel.Information, Message = "Deleted {File}: rotated and delivered by every output")]
    public partial void FileWasDeleted(string file);

    [LoggerMessage(EventId = 334, Level = LogLevel.Warning, Message = "{File} could not be deleted: {Reason}")]
    public partial void FileWasNotDeleted(string file, string reason);

    [LoggerMessage(EventId = 335, Level = LogLevel.Warning,
        Message = "The followed files take up {Allocated} bytes, more than volume.high_water ({HighWater}); {Undelivered} bytes of them are undelivered")]
    public partial void VolumeIsFilling(long allocated, long highWater, long undelivered);

    [LoggerMessage(EventId = 336, Level = LogLevel.Information, Message = "The followed files are below volume.high_water again ({Allocated} bytes)")]
    public partial void VolumeHasRoomAgain(long allocated);

    [LoggerMessage(EventId = 337, Level = LogLevel.Error, Message = "Giving up {Bytes} undelivered bytes of {File}, the oldest, as volume.give_up says")]
    public partial void BytesAreGivenUp(long bytes, string file);

    [LoggerMessage(EventId = 338, Level = LogLevel.Error, Message = "Looking after the volume met an error that was not expected")]
    public partial void KeeperFailed(Exception exception);
}
