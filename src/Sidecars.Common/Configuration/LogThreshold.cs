using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

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
