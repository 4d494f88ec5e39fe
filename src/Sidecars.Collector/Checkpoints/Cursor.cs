using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Checkpoints;

/// <summary>How far one output got in one file, and by what the file is known again.</summary>
internal sealed record Cursor(string Output, FileIdentity Identity, string Path)
{
    private const int Fields = 11;
    private const long Gone = -1;
    private const ulong NoDevice = 0;

    /// <summary>The first byte that is not acknowledged.</summary>
    public long Offset { get; init; }

    /// <summary>The fingerprint of the first bytes of the file.</summary>
    public Fingerprint Head { get; init; }

    /// <summary>The fingerprint of the bytes just before the offset.</summary>
    public Fingerprint Window { get; init; }

    /// <summary>Which bytes of the file it speaks of, counted while the file is open; not on record.</summary>
    public int Generation { get; init; }

    /// <summary>It speaks of bytes whose file is gone; its identity is that of no file.</summary>
    public bool IsFormer => Identity.Device == NoDevice;

    /// <summary>By what the place is known again.</summary>
    public FileMark Mark => new(Offset, Head, Window);

    /// <summary>The line that takes a cursor back.</summary>
    public bool IsGone => Offset == Gone;

    /// <summary>The record that says the file is gone.</summary>
    public Cursor AsGone() => this with { Offset = Gone };

    /// <summary>What is left of it when its file is gone.</summary>
    public Cursor AsFormer() => this with { Identity = new FileIdentity(NoDevice, Head.Hash ^ Window.Hash, Offset) };

    /// <summary>Whether the bytes just before the cursor still are the ones that were delivered.</summary>
    public bool Fits(FileFollower file)
    {
        try
        {
            Span<byte> window = stackalloc byte[Window.Length];
            return Window.Matches(window[..file.Read(window, Offset - Window.Length)]);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Writes the cursor as one line with a checksum at its end; returns the length.</summary>
    public static int Format(Cursor cursor, Span<byte> line)
    {
        var path = cursor.Path.AsSpan().IndexOfAny("\\\t\n") < 0 ? cursor.Path : Escape(cursor.Path);
        System.Text.Unicode.Utf8.TryWrite(
            line,
            CultureInfo.InvariantCulture,
            $"{cursor.Output}\t{cursor.Identity.Device}\t{cursor.Identity.Inode}\t{cursor.Identity.Birth}\t{cursor.Offset}\t{cursor.Head.Length}\t{cursor.Head.Hash:x16}\t{cursor.Window.Length}\t{cursor.Window.Hash:x16}\t{path}\t",
            out var written);
        var checksum = XxHash3.HashToUInt64(line[..written]);
        System.Text.Unicode.Utf8.TryWrite(line[written..], CultureInfo.InvariantCulture, $"{checksum:x16}\n", out var rest);
        return written + rest;
    }

    /// <summary>The room that <see cref="Format"/> needs at most.</summary>
    public static int MaximumLength(Cursor cursor) => 256 + (3 * cursor.Output.Length) + (6 * cursor.Path.Length);

    /// <summary>Reads a line (without its newline); null when it is torn or was never one.</summary>
    public static Cursor? Parse(string line)
    {
        var fields = line.Split('\t');
        var end = line.LastIndexOf('\t') + 1;
        if (fields.Length != Fields
            || !TryHash(fields[10], out var checksum)
            || checksum != XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(line[..end])))
        {
            return null;
        }

        // the checksum is right, so the fields are what Format wrote
        var identity = new FileIdentity(Number<ulong>(fields[1]), Number<ulong>(fields[2]), Number<long>(fields[3]));
        return new Cursor(fields[0], identity, Unescape(fields[9]))
        {
            Offset = Number<long>(fields[4]),
            Head = Print(fields[5], fields[6]),
            Window = Print(fields[7], fields[8]),
        };
    }

    private static Fingerprint Print(string length, string hash) =>
        new(Number<int>(length), ulong.Parse(hash, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static T Number<T>(string text)
        where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);

    private static bool TryHash(string text, out ulong hash) =>
        ulong.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out hash);

    private static string Escape(string path) => path
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var path = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            path.Append(text[i] != '\\' ? text[i] : text[++i] switch { 't' => '\t', 'n' => '\n', var other => other });
        }

        return path.ToString();
    }
}
