using System.Buffers.Binary;
using System.Net.Sockets;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// Reads datagrams on a thread of its own, as fast as they come: one call to the kernel for each, no allocation, and a wait only when
/// none is there.
/// </summary>
internal sealed class DatagramReceiver : IDisposable
{
    private const int LongestDatagram = 65_535;
    private const int Patience = 250_000;
    private const int SocketLevel = 1;
    private const int MemoryInformation = 55;
    private const int MemoryFields = 9;
    private const int Drops = 8;

    private readonly Socket _socket;
    private readonly SampleReader _reader;
    private readonly Thread _thread;
    private readonly byte[] _memory = new byte[MemoryFields * sizeof(uint)];
    private volatile bool _isStopped;

    /// <summary>Takes over a bound socket.</summary>
    public DatagramReceiver(Socket socket, SampleReader reader, int receiveBuffer)
    {
        _socket = socket;
        _reader = reader;
        _socket.Blocking = false;
        _socket.ReceiveBufferSize = receiveBuffer;
        _thread = new Thread(Run) { IsBackground = true, Name = "samples" };
        _thread.Start();
    }

    /// <summary>Datagrams that the kernel dropped because its buffer was full (SO_MEMINFO).</summary>
    public long Lost
    {
        get
        {
            var length = _socket.GetRawSocketOption(SocketLevel, MemoryInformation, _memory);
            return length > Drops * sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(_memory.AsSpan(Drops * sizeof(uint))) : 0;
        }
    }

    public void Dispose()
    {
        _isStopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Run()
    {
        var datagram = new byte[LongestDatagram];
        while (!_isStopped)
        {
            var length = _socket.Receive(datagram, SocketFlags.None, out var error);
            if (error == SocketError.Success)
            {
                _reader.Read(datagram.AsSpan(0, length));
            }
            else
            {
                // nothing there, or an error of one datagram that is over with it
                _socket.Poll(Patience, SelectMode.SelectRead);
            }
        }
    }
}
