namespace Sidecars.Ambassador.Tcp;

internal static partial class TcpLog
{
    [LoggerMessage(2201, LogLevel.Information, "Service {Service} listened on {Address}")]
    public static partial void Listened(ILogger logger, string service, string address);

    [LoggerMessage(2202, LogLevel.Information, "Service {Service} stopped listening on {Address}; {Connections} connections go on")]
    public static partial void StoppedListening(ILogger logger, string service, string address, int connections);

    [LoggerMessage(2203, LogLevel.Error, "Service {Service} could not listen on {Address}: {Reason}")]
    public static partial void ListenFailed(ILogger logger, string service, string address, string reason);

    [LoggerMessage(2204, LogLevel.Warning, "Service {Service} could not connect to upstream {Upstream}: {Reason}")]
    public static partial void ConnectFailed(ILogger logger, string service, string upstream, string reason);

    [LoggerMessage(2207, LogLevel.Information, "Service {Service} could connect to upstream {Upstream} again")]
    public static partial void ConnectRecovered(ILogger logger, string service, string upstream);

    [LoggerMessage(2205, LogLevel.Error, "Service {Service} could not accept a connection: {Reason}; accepting again after a pause")]
    public static partial void AcceptFailed(ILogger logger, string service, string reason);

    [LoggerMessage(2206, LogLevel.Error, "Service {Service} failed to handle a connection")]
    public static partial void ConnectionFailed(ILogger logger, Exception exception, string service);

    [LoggerMessage(2208, LogLevel.Warning, "Service {Service} found upstream {Upstream} bad: {Reason}; others are preferred")]
    public static partial void FoundBad(ILogger logger, string service, string upstream, string reason);

    [LoggerMessage(2209, LogLevel.Information, "Service {Service} found upstream {Upstream} good")]
    public static partial void FoundGood(ILogger logger, string service, string upstream);

    [LoggerMessage(2210, LogLevel.Error, "Service {Service} failed to check upstream {Upstream}; it is not checked any more")]
    public static partial void CheckFailed(ILogger logger, Exception exception, string service, string upstream);
}
