namespace Sidecars.Collector.Checkpoints;

/// <summary>What the cursors have to tell.</summary>
internal sealed partial class CheckpointLog(ILogger logger)
{
    [LoggerMessage(EventId = 311, Level = LogLevel.Information, Message = "{Output} goes on in {File} at {Offset}")]
    public partial void CursorWasFound(string output, string file, long offset);

    [LoggerMessage(EventId = 312, Level = LogLevel.Warning,
        Message = "{File} was truncated or replaced since {Output} was at {Offset} in it; it begins at its start")]
    public partial void CursorDidNotFit(string output, string file, long offset);

    [LoggerMessage(EventId = 313, Level = LogLevel.Warning, Message = "{Lines} torn lines in the state file in {Directory} were passed over")]
    public partial void LinesWereTorn(string directory, int lines);

    [LoggerMessage(EventId = 314, Level = LogLevel.Warning,
        Message = "The state in {Directory} cannot be read ({Reason}); every file is read as on the first start")]
    public partial void StateWasUnreadable(string directory, string reason);

    [LoggerMessage(EventId = 315, Level = LogLevel.Warning,
        Message = "state.directory {Directory} cannot be written ({Reason}): a restarted collector would deliver every file again. Mount an emptyDir there that user 1654 may write (fsGroup: 1654), or set state.directory")]
    public partial void StateWasNotWritable(string directory, string reason);

    [LoggerMessage(EventId = 319, Level = LogLevel.Information,
        Message = "{File} is a compressed copy of {Original}, of which {Output} has delivered {Offset} bytes; it goes on behind them")]
    public partial void CopyWasRecognised(string output, string file, string original, long offset);

    [LoggerMessage(EventId = 318, Level = LogLevel.Error,
        Message = "state.directory {Directory} cannot be written any more ({Reason}): delivery waits until it can, so that a restart repeats nothing. Make room there")]
    public partial void StateIsNotWritableAnyMore(string directory, string reason);

    [LoggerMessage(EventId = 316, Level = LogLevel.Information, Message = "state.directory {Directory} can be written again")]
    public partial void StateIsWritableAgain(string directory);
}
