namespace Sidecars.Common.Configuration;

/// <summary>One part of a value: a text, or what a file held when it was last read.</summary>
internal sealed record SecretPart(string Text, string? File = null)
{
    /// <summary>The text of a file without its last line end, as editors and <c>kubectl create secret</c> leave one.</summary>
    public static string Read(string file) => System.IO.File.ReadAllText(file).TrimEnd('\r', '\n');

    /// <summary>The part as it is now. A file that is gone or empty for a moment, as while it is replaced, stays what it was.</summary>
    public SecretPart Now()
    {
        try
        {
            return File is not null && Read(File) is { Length: > 0 } text && text != Text ? this with { Text = text } : this;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return this;
        }
    }
}
