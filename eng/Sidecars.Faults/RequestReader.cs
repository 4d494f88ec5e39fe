using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Sidecars.Faults;

/// <summary>Reads requests with a Content-Length from a connection, as slowly as is asked for.</summary>
internal sealed class RequestReader(Socket connection, CancellationToken end)
{
    private const int SmallPiece = 4096;

    private byte[] _buffer = new byte[64 * 1024];
    private int _used;
    private int _bodyStart;

    /// <summary>The length of the body.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the body is JSON lines.</summary>
    public bool IsJson { get; private set; }

    /// <summary>The body; it was read whole.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory(_bodyStart, Length);

    /// <summary>Reads up to the body of the next request; false at the end of the connection.</summary>
    public async Task<bool> ReadHeadAsync()
    {
        var done = _bodyStart + Length;
        _buffer.AsSpan(done, _used - done).CopyTo(_buffer);
        _used -= done;
        (_bodyStart, Length) = (0, 0);
        int end;
        while ((end = _buffer.AsSpan(0, _used).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await ReadMoreAsync(_buffer.Length - _used).ConfigureAwait(false))
            {
                return false;
            }
        }

        _bodyStart = end + 4;
        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        Length = int.Parse(Header(head, "Content-Length"), CultureInfo.InvariantCulture);
        IsJson = Header(head, "Content-Type").Contains("json", StringComparison.Ordinal);
        if (_buffer.Length < _bodyStart + Length)
        {
            Array.Resize(ref _buffer, _bodyStart + Length);
        }

        return true;
    }

    /// <summary>Reads so many bytes of the body, with a pause after each small piece, if there is to be one.</summary>
    public async Task ReadBodyAsync(int bytes, TimeSpan pause)
    {
        while (_used < _bodyStart + bytes)
        {
            var most = _bodyStart + bytes - _used;
            if (!await ReadMoreAsync(pause > TimeSpan.Zero ? Math.Min(most, SmallPiece) : most).ConfigureAwait(false))
            {
                throw new IOException("the connection ended in a body");
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, end).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> ReadMoreAsync(int most)
    {
        var count = await connection.ReceiveAsync(_buffer.AsMemory(_used, most), end).ConfigureAwait(false);
        _used += count;
        return count > 0;
    }

    private static string Header(string head, string name)
    {
        var start = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            throw new IOException($"a request without {name}");
        }

        start += name.Length + 3;
        var end = head.IndexOf('\r', start);
        return (end < 0 ? head[start..] : head[start..end]).Trim();
    }
}
