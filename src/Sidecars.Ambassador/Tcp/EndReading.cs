namespace Sidecars.Ambassador.Tcp;

/// <summary>Reads from a side of a connection exactly what a protocol says comes next.</summary>
internal static class EndReading
{
    /// <summary>Fills the buffer; nothing behind it is read, so that whoever comes next finds it. Fails with <see cref="EndOfStreamException"/> where the peer ends before.</summary>
    public static async ValueTask ReceiveExactlyAsync(this IRelayEnd end, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = await end.ReceiveAsync(buffer);
            buffer = read > 0 ? buffer[read..] : throw new EndOfStreamException("the connection ended within a message");
        }
    }
}
