namespace Sidecars.Common.Tls;

/// <summary>
/// A small file that is read again and again. Only the bytes tell whether it changed: a swapped link keeps no times worth trusting.
/// What a configuration holds itself is a file that never changes.
/// </summary>
internal sealed class PemFile
{
    private readonly Func<byte[]> _read;
    private byte[] _content = [];

    private PemFile(string name, Func<byte[]> read) => (Name, _read) = (name, read);

    /// <summary>The bytes of the last <see cref="Read"/> as text; PEM is ASCII (RFC 7468).</summary>
    public string Text => System.Text.Encoding.Latin1.GetString(_content);

    /// <summary>The file as a mistake in it is told: the key and the path.</summary>
    public string Name { get; }

    /// <summary>The file at a path that a key gives; null for no path.</summary>
    public static PemFile? At(string key, string? path) => path is null ? null : new PemFile($"{key} '{path}'", () => File.ReadAllBytes(path));

    /// <summary>What stands behind a key; null for nothing.</summary>
    public static PemFile? Holding(string key, string? text) => text is null ? null : new PemFile(key, () => System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads the file; true when it is not what it was. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public bool Read()
    {
        var content = _read();
        if (content.AsSpan().SequenceEqual(_content))
        {
            return false;
        }

        _content = content;
        return true;
    }
}
