namespace Sidecars.Adapter.Sources;

/// <summary>What the sources tell in the adapter's own log.</summary>
internal static partial class SourceLog
{
    [LoggerMessage(501, LogLevel.Information, "Following logs of input {Input}: {Path}")]
    public static partial void FollowingBegan(this ILogger log, string input, string path);

    [LoggerMessage(502, LogLevel.Warning, "A line of input {Input} does not match its format ({Reason}); more are only counted, see 'adapter explain': {Line}")]
    public static partial void LineDidNotMatch(this ILogger log, string input, string reason, string line);

    [LoggerMessage(503, LogLevel.Error, "Reading {Path} of input {Input} failed: {Reason}")]
    public static partial void ReadFailed(this ILogger log, string input, string path, string reason);

    [LoggerMessage(504, LogLevel.Warning, "Page of input {Input} failed, {Reason}: {Detail}")]
    public static partial void PageFailed(this ILogger log, string input, string reason, string detail);

    [LoggerMessage(505, LogLevel.Information, "Page of input {Input} answers again")]
    public static partial void PageRecovered(this ILogger log, string input);

    [LoggerMessage(508, LogLevel.Information, "Input {Input} goes on in {Path} at {Offset}")]
    public static partial void FileGoesOn(this ILogger log, string input, string path, long offset);

    [LoggerMessage(509, LogLevel.Warning, "{Path} was truncated or replaced since input {Input} was at {Offset} in it; it is read from its beginning")]
    public static partial void FileIsAnother(this ILogger log, string input, string path, long offset);

    [LoggerMessage(507, LogLevel.Critical, "Following logs of input {Input} ended; the adapter stops, to be started anew")]
    public static partial void FollowingFailed(this ILogger log, Exception exception, string input);

    [LoggerMessage(510, LogLevel.Warning, "The regex of input {Input} is demoted to the engine without backtracking, which is slower and cannot run away: {Reason}")]
    public static partial void RegexDemoted(this ILogger log, string input, string reason);

    [LoggerMessage(506, LogLevel.Information, "Inputs in force: {Inputs}")]
    public static partial void InputsChanged(this ILogger log, string inputs);
}
