using System.Text.Json.Serialization;

namespace Sidecars.Collector.Options;

/// <summary>How the characters of an input's files are written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FileEncoding>))]
internal enum FileEncoding
{
    /// <summary>As the byte order mark at the head of the file says; UTF-8 where there is none.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>UTF-8, or another encoding with one byte for a newline; whatever the file begins with.</summary>
    [JsonStringEnumMemberName("utf-8")]
    Utf8,

    /// <summary>UTF-16, the low byte first.</summary>
    [JsonStringEnumMemberName("utf-16le")]
    Utf16LittleEndian,

    /// <summary>UTF-16, the high byte first.</summary>
    [JsonStringEnumMemberName("utf-16be")]
    Utf16BigEndian,
}
