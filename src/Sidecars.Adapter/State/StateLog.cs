namespace Sidecars.Adapter.State;

/// <summary>What the state has to tell.</summary>
internal static partial class StateLog
{
    [LoggerMessage(521, LogLevel.Warning, "The state in {File} is torn or of another version; every log is read as on the first start")]
    public static partial void StateWasDamaged(this ILogger log, string file);

    [LoggerMessage(522, LogLevel.Warning, "The state in {File} cannot be read ({Reason}); every log is read as on the first start")]
    public static partial void StateWasUnreadable(this ILogger log, string file, string reason);

    [LoggerMessage(523, LogLevel.Warning, "state.directory {Directory} cannot be written ({Reason}): a restarted adapter counts from 0 again. Mount an emptyDir there that user 1654 may write (fsGroup: 1654), set state.directory, or say state: {{ off: true }}")]
    public static partial void StateWasNotWritable(this ILogger log, string directory, string reason);

    [LoggerMessage(524, LogLevel.Information, "The state in {File} can be written again")]
    public static partial void StateIsWritableAgain(this ILogger log, string file);
}
