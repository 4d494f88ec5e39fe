namespace Sidecars.Common.Tls;

/// <summary>A small file that is read again and again. Only the bytes tell whether it changed: a swapped link keeps no times worth trusting.</summary>
internal sealed class PemFile(string key, string path)
{
    private byte[] _content = [];

    /// <summary>The bytes of the last <see cref="Read"/> as text; PEM is ASCII (RFC 7468).</summary>
    public string Text => System.Text.Encoding.Latin1.GetString(_content);

    /// <summary>The file as a mistake in it is told: the key and the path.</summary>
    public string Name => $"tls.{key} '{path}'";

    /// <summary>Reads the file; true when it is not what it was. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public bool Read()
    {
        var content = File.ReadAllBytes(path);
        if (content.AsSpan().SequenceEqual(_content))
        {
            return false;
        }

        _content = content;
        return true;
    }
}
