using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>
/// Sends payloads to one target and reads the answers, over connections that are kept. The payload goes from its memory to the socket
/// without a copy. Connections are made here, and not by the handler, because TLS files may change while it lives; a proxy named by
/// the environment is not used, as what stands beside the application is not to take another way than its configuration says.
/// <para>
/// On a thread that is the caller's own, sending and waiting for the head of the answer happen in the kernel, on that thread: at a few
/// lines a second, handing over from thread to thread is what costs most. A thread of the pool is never blocked.
/// </para>
/// </summary>
internal sealed class HttpSender : IDisposable
{
    // so that a changed address of the receiver, and changed certificates, are taken up
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // what stands between may have forgotten a connection that was quiet for longer
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(1);

    // the handler looks after quiet connections by a read that makes their sockets asynchronous for good: it is not to
    private static readonly TimeSpan NeverByTheHandler = TimeSpan.FromDays(1);

    private readonly HttpTarget _target;
    private readonly TimeProvider _time;
    private HttpMessageInvoker _invoker;
    private readonly HttpHeaderSet _headers;
    private readonly PayloadCompressor? _compressor;
    private readonly ClientTls _tls;
    private readonly bool _isSecure;
    private int _tlsVersion;
    private long _usedAt;
    private byte[] _reply = new byte[4096];

    public HttpSender(HttpTarget target, TimeProvider time, ILogger log)
    {
        _target = target;
        _time = time;
        _headers = new HttpHeaderSet(target, time);
        _compressor = PayloadCompressor.Create(target.Compression, target.CompressionLevel);
        _tls = new ClientTls(target.Tls, time, log);
        _isSecure = target.Url.Scheme == Uri.UriSchemeHttps;
        _usedAt = time.GetTimestamp();
        _invoker = Invoker();
    }

    /// <summary>Sends a payload. Whatever goes wrong on the way is told in the reply; the token means: give up, the process ends.</summary>
    public async ValueTask<HttpReply> SendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_target.RequestTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            LeaveOldConnections();
            using var request = Request(payload);
            using var response = Thread.CurrentThread.IsThreadPoolThread
                ? await _invoker.SendAsync(request, either.Token).ConfigureAwait(false)
                : _invoker.Send(request, either.Token);
            return await ReadAsync(response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return timeout.IsCancellationRequested
                ? Failed("timeout", $"no answer within {_target.RequestTimeout.TotalSeconds:0.###} s")
                : Failed("connect", $"no connection within {_target.ConnectTimeout.TotalSeconds:0.###} s", exception);
        }
        catch (HttpRequestException exception)
        {
            return exception.InnerException switch
            {
                AuthenticationException inner => Failed("tls", inner.Message, inner.InnerException),
                SocketException inner => Failed("connect", inner.Message),
                var inner => Failed("reset", exception.Message, inner),
            };
        }
        catch (IOException exception)
        {
            return Failed("reset", exception.Message, exception.InnerException);
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _compressor?.Dispose();
    }

    private HttpMessageInvoker Invoker() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = _target.ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        PooledConnectionIdleTimeout = NeverByTheHandler,
        ConnectCallback = ConnectAsync,
    });

    /// <summary>A connection that was made with certificates of before, or was quiet for long, is not used again. Nothing else is in flight.</summary>
    private void LeaveOldConnections()
    {
        var version = _isSecure ? _tls.Refresh() : _tlsVersion;
        if (version != _tlsVersion || _time.GetElapsedTime(_usedAt) > IdleLimit)
        {
            _tlsVersion = _isSecure ? _tls.Version : version;
            _invoker.Dispose();
            _invoker = Invoker();
        }

        _usedAt = _time.GetTimestamp();
    }

    private HttpReply Failed(string reason, string detail, Exception? inner = null) => new(0, default)
    {
        Failure = Delivery.Failed(reason, $"{_target.Url.GetLeftPart(UriPartial.Path)}: {detail}{(inner is null ? "" : $" ({inner.Message})")}"),
    };

    private HttpRequestMessage Request(ReadOnlyMemory<byte> payload)
    {
        var request = new HttpRequestMessage(_target.Method, _target.Url)
        {
            Content = new ReadOnlyMemoryContent(_compressor is null ? payload : _compressor.Compress(payload)),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", _target.ContentType);
        if (_compressor is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", _compressor.Encoding);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "sidecars-collector");
        _headers.AddTo(request);
        return request;
    }

    private async ValueTask<HttpReply> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode is 401 or 403)
        {
            _headers.Expire();
        }

        var length = 0;
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        while (length < _target.MostReplyBytes
            && await body.ReadAsync(Room(length), cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            length += count;
        }

        return new HttpReply((int)response.StatusCode, _reply.AsMemory(0, length))
        {
            RetryAfter = RetryAfter(response),
            Location = response.Headers.Location,
        };
    }

    private Memory<byte> Room(int used)
    {
        if (_reply.Length == used)
        {
            Array.Resize(ref _reply, 2 * used);
        }

        return _reply.AsMemory(used);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - _time.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await ConnectAsync(socket, context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new NetworkStream(socket, ownsSocket: true);
        return _isSecure
            ? await _tls.SecureAsync(stream, context.DnsEndPoint.Host, [SslApplicationProtocol.Http11], cancellationToken).ConfigureAwait(false)
            : stream;
    }

    /// <summary>
    /// Connects by a call that blocks, on a thread made for it: by an asynchronous one the socket would never wait in the kernel again.
    /// Connections are few; disposing the socket ends the call.
    /// </summary>
    private static async Task ConnectAsync(Socket socket, DnsEndPoint receiver, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(receiver.Host, cancellationToken).ConfigureAwait(false);
        await Task.Factory.StartNew(
            () => socket.Connect(addresses, receiver.Port),
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default).WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
