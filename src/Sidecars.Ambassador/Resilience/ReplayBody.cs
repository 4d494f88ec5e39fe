using System.Buffers;

namespace Sidecars.Ambassador.Resilience;

/// <summary>
/// A request's body that can be read again from its beginning, as long as it fits the buffer. The hard case is a reader that
/// gives up in the middle of a read, as a failed try does: Kestrel's body cannot be read any more once a read was cancelled,
/// so the read under way is kept, and whoever comes next takes what it brings.
/// </summary>
internal sealed class ReplayBody(Stream inner, int limit) : Stream
{
    private const int FirstSize = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, Math.Min(limit, FirstSize)));
    private Task<int>? _pending;
    private int _filled;
    private int _position;
    private bool _ended;
    private bool _isLost;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether everything that has gone out is still here.</summary>
    public bool CanRewind => !_isLost;

    /// <summary>Goes back to the beginning; only where that can be done.</summary>
    public void Rewind() => _position = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _filled && !_ended && !_isLost && buffer.Length > 0)
        {
            if (_filled >= limit && _pending is null)
            {
                return await ReadBeyondAsync(buffer, cancellationToken);
            }

            await FillAsync(cancellationToken);
        }

        if (_isLost)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _filled - _position);
        _buffer.AsSpan(_position, count).CopyTo(buffer.Span);
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("the request path never blocks");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Gives the buffer back; not where a read is still under way, which would write into it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _pending is null && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        base.Dispose(disposing);
    }

    /// <summary>The buffer is full: only where this is the end has nothing been lost.</summary>
    private async Task<int> ReadBeyondAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _isLost = true;
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _ended = read == 0;
        _isLost = !_ended;
        return read;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_pending is null)
        {
            Grow();
            _pending = inner.ReadAsync(_buffer.AsMemory(_filled, Math.Min(_buffer.Length, limit) - _filled), CancellationToken.None).AsTask();
        }

        // a read that ended in an error is over, too
        var read = await _pending.WaitAsync(cancellationToken);
        _pending = null;
        _filled += read;
        _ended = read == 0;
    }

    private void Grow()
    {
        if (_filled < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(limit, _buffer.Length * 2));
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
