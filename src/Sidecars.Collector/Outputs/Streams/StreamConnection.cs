using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Sidecars.Collector.Options;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>Where a stream goes and how long to wait for it.</summary>
internal sealed record StreamTarget(ReceiverAddress Address, TimeSpan Timeout, TimeProvider Time)
{
    /// <summary>What the connection is secured with; null for none.</summary>
    public ClientTls? Tls { get; init; }
}

/// <summary>
/// One connection of a stream socket, secured or not. The hard cases: a peer that closed is noticed before the next write, which
/// would still succeed and be lost; bytes count as sent only when the peer's system has them; at the end the peer gets to read
/// everything, as closing a socket with unread bytes in it would reset the connection.
/// </summary>
internal sealed class StreamConnection : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromSeconds(2);

    private readonly StreamTarget _target;
    private readonly Socket _socket;
    private readonly int _tlsVersion;

    private StreamConnection(StreamTarget target, Socket socket, Stream stream, int tlsVersion) =>
        (_target, _socket, Stream, _tlsVersion) = (target, socket, stream, tlsVersion);

    /// <summary>What is written to and read from.</summary>
    public Stream Stream { get; }

    /// <summary>Whether it can still be written to: the peer did not close it, and it was secured with the files as they are now.</summary>
    public bool IsUsable => !SocketState.IsClosedByPeer(_socket) && _tlsVersion == (_target.Tls?.Version ?? 0);

    /// <summary>Connects, and secures the connection. Throws as <see cref="StreamFailure"/> knows.</summary>
    public static async Task<StreamConnection> OpenAsync(StreamTarget target, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(target.Timeout, target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = target.Address.Transport == Transport.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.Address.EndPoint, either.Token).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket);
            if (target.Tls is { } tls)
            {
                stream = await tls.SecureAsync(stream, target.Address.Host, [], either.Token).ConfigureAwait(false);
            }

            return new StreamConnection(target, socket, stream, target.Tls?.Version ?? 0);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"no connection to {target.Address} within {target.Timeout.TotalSeconds:0.#} s", exception);
            }

            throw;
        }
    }

    /// <summary>Writes all of it; the deadline starts anew whenever the peer takes something. Throws as <see cref="StreamFailure"/> knows.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        const int atOnce = 64 * 1024;
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(atOnce, bytes.Length)];
            await WithinAsync(static (stream, part, token) => stream.WriteAsync(part, token), part, cancellationToken).ConfigureAwait(false);
            bytes = bytes[part.Length..];
        }

        await WithinAsync(static (stream, _, token) => new ValueTask(stream.FlushAsync(token)), default, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until the peer's system (for a Unix socket: the peer) took all that was written. Throws as <see cref="StreamFailure"/> knows.</summary>
    public async ValueTask WaitTakenAsync(CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(1);
        var left = SocketState.Unacknowledged(_socket);
        var since = _target.Time.GetTimestamp();
        while (left > 0)
        {
            await Task.Delay(pause, _target.Time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            var now = SocketState.Unacknowledged(_socket);
            if (now > 0 && SocketState.IsClosedByPeer(_socket))
            {
                throw new IOException($"{_target.Address} closed the connection before it had everything");
            }

            if (now < left)
            {
                (left, since) = (now, _target.Time.GetTimestamp());
            }
            else if (_target.Time.GetElapsedTime(since) >= _target.Timeout)
            {
                throw new TimeoutException($"{_target.Address} took nothing for {_target.Timeout.TotalSeconds:0.#} s");
            }
        }
    }

    /// <summary>Says that nothing more comes and waits, not for long, until the peer has read everything and closes too.</summary>
    public void Finish()
    {
        try
        {
            if (Stream is SslStream secured)
            {
                secured.ShutdownAsync().Wait(FinishTimeout);
            }

            _socket.Shutdown(SocketShutdown.Send);
            _socket.ReceiveTimeout = (int)FinishTimeout.TotalMilliseconds;
            var rest = new byte[512];
            while (_socket.Receive(rest) > 0)
            {
                // nobody asked the peer for anything
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or AggregateException or InvalidOperationException)
        {
            // it closed in its own way, or not in time
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        _socket.Dispose();
    }

    private async ValueTask WithinAsync(Func<Stream, ReadOnlyMemory<byte>, CancellationToken, ValueTask> step, ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_target.Timeout, _target.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await step(Stream, part, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_target.Address} took nothing for {_target.Timeout.TotalSeconds:0.#} s", exception);
        }
    }
}

/// <summary>What can go wrong with a connection, as a <see cref="Delivery"/>.</summary>
internal static class StreamFailure
{
    public static bool Is(Exception exception) =>
        exception is IOException or SocketException or TimeoutException or AuthenticationException or ObjectDisposedException;

    /// <summary>The verdict: <c>auth</c>, <c>tls</c>, <c>timeout</c>, <c>connect</c> (nobody there) or <c>closed</c> (the connection broke).</summary>
    public static Delivery Of(Exception exception, ReceiverAddress address, bool isConnected)
    {
        var reason = exception switch
        {
            InvalidCredentialException => "auth",
            AuthenticationException => "tls",
            TimeoutException => "timeout",
            _ => isConnected ? "closed" : "connect",
        };
        return Delivery.Failed(reason, exception is TimeoutException ? exception.Message : $"{address}: {exception.Message}");
    }
}
