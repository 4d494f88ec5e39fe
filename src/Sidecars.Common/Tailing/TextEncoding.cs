namespace Sidecars.Common.Tailing;

/// <summary>How a file's characters are written.</summary>
public enum TextEncoding
{
    /// <summary>What the byte order mark at the head of the file says; without one it is UTF-8.</summary>
    Auto,

    /// <summary>UTF-8, or any other encoding whose newline is one byte: lines are handed on as they are.</summary>
    Utf8,

    /// <summary>UTF-16, the low byte first.</summary>
    Utf16LittleEndian,

    /// <summary>UTF-16, the high byte first.</summary>
    Utf16BigEndian,
}
