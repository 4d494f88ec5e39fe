using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Adapter.Tests.Truth;

/// <summary>An application that writes to one log, which is renamed and truncated under it, and now and then pauses within a line.</summary>
internal sealed class TruthWriter(string path, Ledger ledger, Random random) : IDisposable
{
    private static readonly string[] Kinds = ["read", "write", "list", "größe"];

    private SafeFileHandle _handle = Open(path);
    private byte[] _rest = [];
    private int _next;
    private int _moves;

    /// <summary>Writes lines, of which no two are the same.</summary>
    public void Write(int lines)
    {
        Finish();
        var text = new StringBuilder();
        for (var i = 0; i < lines; i++)
        {
            text.Append(Line());
        }

        Append(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Writes the beginning of a line.</summary>
    public void Pause()
    {
        Finish();
        var line = Encoding.UTF8.GetBytes(Line());
        var cut = random.Next(1, line.Length);
        _rest = line[cut..];
        Append(line.AsSpan(0, cut));
    }

    /// <summary>Writes the rest of a line that is not whole.</summary>
    public void Finish()
    {
        Append(_rest);
        _rest = [];
    }

    /// <summary>Moves the file away; some lines still go there before there is a new one.</summary>
    public void Rotate()
    {
        Finish();
        File.Move(path, $"{path}.{_moves++}");
        Write(random.Next(20));
        _handle.Dispose();
        _handle = Open(path);
        Write(random.Next(1, 50));
    }

    /// <summary>Copies the file elsewhere and empties it, as logrotate's copytruncate.</summary>
    public void CopyAndTruncate(string copy)
    {
        File.Copy(path, copy);
        RandomAccess.SetLength(_handle, 0);
    }

    public void Dispose() => _handle.Dispose();

    private string Line()
    {
        if (random.Next(50) == 0)
        {
            return $"nonsense-{_next++}\n";
        }

        var (kind, status, bytes) = (Kinds[random.Next(Kinds.Length)], random.Next(1, 6) * 100 + random.Next(5), random.Next(10_000));
        ledger.Add(kind, status, bytes);
        return $"{_next++} {kind} {status} {bytes}\n";
    }

    private void Append(ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, RandomAccess.GetLength(_handle));

    private static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
}
