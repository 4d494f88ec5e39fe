namespace Sidecars.Collector.Pipeline;

/// <summary>What delivery has to tell.</summary>
internal sealed partial class PipelineLog(ILogger logger)
{
    [LoggerMessage(EventId = 301, Level = LogLevel.Warning, Message = "Output {Output} does not take lines ({Reason}): {Detail}; trying again, nothing is lost")]
    public partial void OutputFailed(string output, string reason, string detail);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information, Message = "Output {Output} takes lines again")]
    public partial void OutputWorksAgain(string output);

    [LoggerMessage(EventId = 303, Level = LogLevel.Warning, Message = "{File} was truncated before {Output} had read its last {Bytes} bytes; they are lost")]
    public partial void BytesWereTruncatedUnread(string output, string file, long bytes);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "Output {Output} cannot read {File}: {Reason}; trying again")]
    public partial void FileCouldNotBeRead(string output, string file, string reason);

    [LoggerMessage(EventId = 305, Level = LogLevel.Information, Message = "Following {Files} files for {Outputs}")]
    public partial void PipelineStarted(int files, string outputs);

    [LoggerMessage(EventId = 306, Level = LogLevel.Information, Message = "The configuration changed; going on where each output is")]
    public partial void PipelineIsReplaced();

    [LoggerMessage(EventId = 307, Level = LogLevel.Error, Message = "The changed configuration could not be put to work")]
    public partial void PipelineWasNotReplaced(Exception exception);

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "Output {Output} met an error that was not expected at {File}; it goes on from what was acknowledged")]
    public partial void LaneFailed(string output, string file, Exception exception);

    [LoggerMessage(EventId = 317, Level = LogLevel.Warning, Message = "Output {Output} refused {Records} of the records at {File} from {Offset} on for good ({Reason}): {Detail}")]
    public partial void RecordsWereRefused(string output, int records, string file, long offset, string reason, string detail);

    [LoggerMessage(EventId = 319, Level = LogLevel.Information, Message = "Draining: {Account}")]
    public partial void IsDraining(string account);

    [LoggerMessage(EventId = 321, Level = LogLevel.Warning, Message = "The regex of {Key} runs in the slower engine from now on for {Output}: {Reason}")]
    public partial void ParserWasDemoted(string output, string key, string reason);

    [LoggerMessage(EventId = 322, Level = LogLevel.Information, Message = "{File} is taken for {Format}")]
    public partial void FormatWasRecognised(string file, string format);

    [LoggerMessage(EventId = 308, Level = LogLevel.Information, Message = "Every byte is accounted for: {Account}; cursors saved: {Saved}")]
    public partial void EndedWithAll(string account, bool saved);

    [LoggerMessage(EventId = 309, Level = LogLevel.Warning, Message = "Ended with undelivered bytes: {Account}; cursors saved: {Saved}; a collector with the same state goes on there")]
    public partial void EndedWithRest(string account, bool saved);
}
