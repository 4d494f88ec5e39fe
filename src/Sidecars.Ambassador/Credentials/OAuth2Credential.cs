using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Credentials;

/// <summary>
/// Tokens of an authorization server. They are renewed beside the requests, well before they expire; a renewal that fails is
/// tried again while the old token still holds. Only where there is no token (yet) does a request wait, for a bounded time.
/// </summary>
internal sealed partial class OAuth2Credential : ICredential
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly string _service;
    private readonly OAuth2Options _options;
    private readonly TokenRequest _request;
    private readonly Func<string, Prometheus.ICounter> _refreshes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private volatile Held _held = Held.None();

    public OAuth2Credential(
        string service, OAuth2Options options, HttpMessageInvoker client, Func<string, Prometheus.ICounter> refreshes, TimeProvider time, ILogger logger)
    {
        (_service, _options, _refreshes, _time, _logger) = (service, options, refreshes, time, logger);
        _request = new TokenRequest(options, client, time);
    }

    public string Header => HeaderNames.Authorization;

    /// <summary>Begins to fetch tokens.</summary>
    public void Start() => _ = RefreshAsync();

    public async ValueTask<string?> ValueAsync(CancellationToken cancellation)
    {
        var held = _held;
        if (held.Value is not null && _time.GetUtcNow() < held.Expires)
        {
            return held.Value;
        }

        try
        {
            // a token that has expired counts as none: a new one completes the next state
            return (await held.Next.Task.WaitAsync(_options.Timeout, _time, cancellation)).Value;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _request.Dispose();
    }

    private async Task RefreshAsync()
    {
        var pause = ShortestPause;
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var (token, trouble) = await _request.SendAsync(_stopping.Token);
                _refreshes(token is null ? "failed" : "ok").Inc();
                if (token is null)
                {
                    Failed(_logger, _service, trouble, pause.TotalSeconds);
                    await Task.Delay(pause, _time, _stopping.Token);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                    continue;
                }

                pause = ShortestPause;
                var before = _held;
                _held = new Held($"Bearer {token.Text}", _time.GetUtcNow() + token.Lifetime, new TaskCompletionSource<Held>(TaskCreationOptions.RunContinuationsAsynchronously));
                before.Next.TrySetResult(_held);
                await Task.Delay(RenewAfter(token.Lifetime), _time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // not needed any more
        }
#pragma warning disable CA1031 // nobody awaits this task: a bug is told
        catch (Exception e)
#pragma warning restore CA1031
        {
            Broken(_logger, e, _service);
        }
    }

    /// <summary>With a fifth of the life left, at most five minutes; never in a hurry.</summary>
    private static TimeSpan RenewAfter(TimeSpan lifetime)
    {
        var margin = TimeSpan.FromSeconds(Math.Min(300, lifetime.TotalSeconds / 5));
        return lifetime - margin > ShortestPause ? lifetime - margin : ShortestPause;
    }

    [LoggerMessage(2301, LogLevel.Warning, "Service {Service} got no token: {Reason}; asking again in {Seconds} s")]
    private static partial void Failed(ILogger logger, string service, string reason, double seconds);

    [LoggerMessage(2302, LogLevel.Error, "Service {Service} stopped to ask for tokens")]
    private static partial void Broken(ILogger logger, Exception exception, string service);

    private sealed record Held(string? Value, DateTimeOffset Expires, TaskCompletionSource<Held> Next)
    {
        public static Held None() => new(null, default, new TaskCompletionSource<Held>(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
