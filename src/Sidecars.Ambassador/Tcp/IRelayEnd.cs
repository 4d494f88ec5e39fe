namespace Sidecars.Ambassador.Tcp;

/// <summary>One side of a relayed connection: a plain socket, or TLS on one.</summary>
internal interface IRelayEnd : IDisposable
{
    /// <summary>Waits for bytes; 0 at the end of what the peer sends.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of it.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Tells the peer that nothing more comes; it may go on sending.</summary>
    ValueTask EndAsync();

    /// <summary>Ends the connection with a reset; whoever waits on this side fails.</summary>
    void Abort();
}
