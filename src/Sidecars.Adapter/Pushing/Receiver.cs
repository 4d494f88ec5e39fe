using System.Net;
using System.Net.Sockets;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>All that listens for one protocol.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly string _input;
    private readonly SampleReader _reader;
    private readonly List<DatagramReceiver> _datagrams = [];
    private readonly List<LineListener> _lines = [];
    private readonly string? _unix;

    private Receiver(string input, SampleReader reader, string? unix) => (_input, _reader, _unix) = (input, reader, unix);

    /// <summary>Listens. Throws what sockets throw when an address cannot be had.</summary>
    public static async Task<Receiver> StartAsync(string input, PushOptions options, SampleReader reader)
    {
        var receiver = new Receiver(input, reader, options.UnixPath);
        try
        {
            receiver.Listen(options);
            return receiver;
        }
        catch (SocketException)
        {
            await receiver.DisposeAsync();
            throw;
        }
    }

    /// <summary>What came in.</summary>
    public ReceiverFigures Figures => new(
        _input,
        _reader.Samples,
        Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Sum(_reader.DroppedBy),
        _datagrams.Sum(datagrams => datagrams.Lost));

    /// <summary>Brings the figures up to date, before a scrape.</summary>
    public void Observe(PushMetrics metrics)
    {
        metrics.Samples.WithLabels(_input).IncTo(_reader.Samples);
        foreach (var reason in Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None))
        {
            metrics.Dropped.WithLabels(_input, reason.ToString().ToLowerInvariant()).IncTo(_reader.DroppedBy(reason));
        }

        metrics.Lost.WithLabels(_input).IncTo(_datagrams.Sum(datagrams => datagrams.Lost));
    }

    public async ValueTask DisposeAsync()
    {
        _datagrams.ForEach(datagrams => datagrams.Dispose());
        foreach (var lines in _lines)
        {
            await lines.DisposeAsync();
        }

        if (_unix is not null)
        {
            File.Delete(_unix);
        }
    }

    private void Listen(PushOptions options)
    {
        var size = (int)Math.Min(int.MaxValue, options.ReceiveBuffer.Bytes);
        if (options.Udp?.EndPoint is IPEndPoint udp)
        {
            var socket = new Socket(udp.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (udp.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            _datagrams.Add(Bound(socket, udp, size));
        }

        if (_unix is not null)
        {
            File.Delete(_unix); // one that an earlier process left
        }

        if (_unix is not null && _reader.Answers)
        {
            _lines.Add(new LineListener(new UnixDomainSocketEndPoint(_unix), _reader, options.Connections));
        }
        else if (_unix is not null)
        {
            _datagrams.Add(Bound(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(_unix), size));
        }

        if (options.Tcp?.EndPoint is IPEndPoint tcp)
        {
            _lines.Add(new LineListener(tcp, _reader, options.Connections));
        }
    }

    private DatagramReceiver Bound(Socket socket, EndPoint address, int size)
    {
        try
        {
            socket.Bind(address);
            return new DatagramReceiver(socket, _reader, size);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What came in for a protocol: samples that were counted, that were not, and datagrams that the kernel dropped.</summary>
internal readonly record struct ReceiverFigures(string Input, long Samples, long Dropped, long Lost);
