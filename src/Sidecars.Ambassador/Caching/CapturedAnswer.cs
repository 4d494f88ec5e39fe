namespace Sidecars.Ambassador.Caching;

/// <summary>What becomes of an answer's body.</summary>
internal enum BodyUse
{
    /// <summary>To the client.</summary>
    PassOn,

    /// <summary>To the client and to the cache.</summary>
    Keep,

    /// <summary>To nobody: the client gets something else.</summary>
    Withhold,
}

/// <summary>
/// Stands before the client's body and learns from the head, just before anything goes out, what is to become of the
/// answer. Keeps at most so many bytes: a larger answer goes on to the client alone.
/// </summary>
/// <param name="client">The client's body.</param>
/// <param name="atHead">Asked once, when the head is complete and can still be changed.</param>
/// <param name="limit">The most bytes that are kept.</param>
/// <param name="tooLarge">Told once when there are more.</param>
/// <param name="whole">
/// Told when the length that the head gave is reached: before the last bytes go out, so that a client that has its answer
/// finds it in the cache.
/// </param>
internal sealed class CapturedAnswer(Stream client, Func<BodyUse> atHead, long limit, Action tooLarge, Action whole) : Stream
{
    private BodyUse? _use;
    private MemoryStream? _kept;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What was decided at the head; null while there was none.</summary>
    public BodyUse? Use => _use;

    /// <summary>The length that the head gives; null where it gives none.</summary>
    public long? Expected { get; set; }

    /// <summary>Whether nothing is missing by the length that the head gave.</summary>
    public bool IsWhole => Expected is null || Expected == (_kept?.Length ?? 0);

    /// <summary>What has been kept.</summary>
    public ReadOnlyMemory<byte> Body => _kept is null ? default : _kept.ToArray();

    /// <summary>Has the head judged now, where that has not been done.</summary>
    public BodyUse Decide()
    {
        if (_use is { } decided)
        {
            return decided;
        }

        _use = atHead();
        if (_use == BodyUse.Keep && Expected == 0)
        {
            whole();
        }

        return _use.Value;
    }

    /// <summary>Judges the head of another try: of the one before, nothing has gone out.</summary>
    public void DecideAnew()
    {
        (_use, _kept) = (null, null);
        Decide();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Decide() == BodyUse.Withhold)
        {
            return;
        }

        if (_use == BodyUse.Keep)
        {
            Keep(buffer.Span);
        }

        await client.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        Decide() == BodyUse.Withhold ? Task.CompletedTask : client.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("the request path never blocks");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the request path never blocks");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _kept ??= new MemoryStream();
        if (_kept.Length + bytes.Length > limit)
        {
            _use = BodyUse.PassOn;
            _kept = null;
            tooLarge();
            return;
        }

        _kept.Write(bytes);
        if (_kept.Length == Expected)
        {
            whole();
        }
    }
}
