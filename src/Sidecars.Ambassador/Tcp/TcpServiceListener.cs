using System.Net;
using System.Net.Sockets;
using Sidecars.Ambassador.Listening;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Accepts the connections of one service. It stops at once when told; the connections it accepted go on.
/// Running out of file descriptors must neither end the loop nor make it spin.
/// </summary>
internal sealed class TcpServiceListener : IDisposable
{
    private const int Backlog = 1024;

    /// <summary>Looks within one idle timeout: a silent connection ends after 1 to 1.25 times the timeout.</summary>
    private const int IdleLooks = 4;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly TcpService _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _idleTimer;

    /// <summary>Binds and listens; fails where the address is not to be had.</summary>
    public TcpServiceListener(TcpService service, ListenAddress address, TimeProvider time, ILogger logger)
    {
        (_service, Address, _time, _logger) = (service, address, time, logger);
        _socket = ListenSocket.Bind(address.EndPoint);
        try
        {
            _socket.Listen(Backlog);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public TcpService Service => _service;

    public ListenAddress Address { get; }

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <summary>Starts to accept.</summary>
    public void Start()
    {
        TcpLog.Listened(_logger, _service.Name, Address.Text);
        WatchIdle();
        _ = AcceptAsync();
    }

    /// <summary>To be called when the service got new settings.</summary>
    public void WatchIdle()
    {
        _idleTimer?.Dispose();
        var idle = _service.IdleTimeout;
        var look = idle / IdleLooks;
        _idleTimer = idle > TimeSpan.Zero ? _time.CreateTimer(_ => _service.EndSilent(IdleLooks), null, look, look) : null;
    }

    /// <summary>Stops to accept.</summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        _stopping.Cancel();
        _idleTimer?.Dispose();
        _service.Dispose();
        _socket.Dispose();
        if (Address.EndPoint is UnixDomainSocketEndPoint unix)
        {
            File.Delete(unix.ToString());
        }

        TcpLog.StoppedListening(_logger, _service.Name, Address.Text, _service.Connections);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _socket.AcceptAsync(CancellationToken.None);
                if (client.ProtocolType == ProtocolType.Tcp)
                {
                    client.NoDelay = true;
                }

                _ = _service.ServeAsync(client, _stopping.Token);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (!_stopping.IsCancellationRequested)
            {
                TcpLog.AcceptFailed(_logger, _service.Name, e.SocketErrorCode.ToString());
                await Task.Delay(PauseAfterFailure, _time, CancellationToken.None);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}
