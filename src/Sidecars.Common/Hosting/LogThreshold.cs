using System.Text.Json.Serialization;
using Serilog.Events;

namespace Sidecars.Common.Hosting;

/// <summary>Levels of the sidecar's own log.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LogThreshold>))]
public enum LogThreshold
{
    /// <summary>Everything, for development.</summary>
    [JsonStringEnumMemberName("debug")]
    Debug,

    /// <summary>What an operator wants to know.</summary>
    [JsonStringEnumMemberName("info")]
    Information,

    /// <summary>What an operator should look at.</summary>
    [JsonStringEnumMemberName("warn")]
    Warning,

    /// <summary>What went wrong.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>How the sidecar's own log looks.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LogFormatKind>))]
public enum LogFormatKind
{
    /// <summary>One compact JSON object a line.</summary>
    [JsonStringEnumMemberName("json")]
    Json,

    /// <summary>For people.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>The log's levels in the terms of the library that writes it.</summary>
internal static class LogThresholds
{
    public static LogEventLevel ToSerilog(this LogThreshold threshold) => threshold switch
    {
        LogThreshold.Debug => LogEventLevel.Debug,
        LogThreshold.Warning => LogEventLevel.Warning,
        LogThreshold.Error => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };
}
