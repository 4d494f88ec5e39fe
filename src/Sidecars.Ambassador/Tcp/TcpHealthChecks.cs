using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp.Probes;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Asks each server of a service, in turns of its own, whether it would serve. The first answer decides alone, so that a
/// server that is down at the start is known to be; later it takes several in a row to change the verdict.
/// </summary>
internal sealed class TcpHealthChecks(
    string service, IReadOnlyList<TcpUpstream> upstreams, TcpServiceOptions options, UpstreamOpener opener, TcpOutcomes outcomes, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpHealthOptions _health = options.Health!;

    /// <summary>Told of each server that is found bad.</summary>
    public required Action<TcpUpstream> Bad { get; init; }

    public void Start()
    {
        foreach (var upstream in upstreams)
        {
            _ = WatchAsync(upstream);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // not disposed: checks under way still look at it
        _stopping.Cancel();
    }

    private async Task WatchAsync(TcpUpstream upstream)
    {
        var (isFirst, inARow) = (true, 0);
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var trouble = await CheckAsync(upstream, _stopping.Token);
                if (_stopping.IsCancellationRequested)
                {
                    return;
                }

                outcomes.Checked(upstream.Address, trouble ?? "ok").Inc();
                var isGood = trouble is null;
                inARow = isGood == upstream.IsHealthy ? 0 : inARow + 1;
                if (inARow > 0 && (isFirst || inARow >= (isGood ? _health.Successes : _health.Failures)))
                {
                    Change(upstream, trouble);
                    inARow = 0;
                }

                isFirst = false;
                await Task.Delay(_health.Interval, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // the checks have ended
        }
#pragma warning disable CA1031 // nobody awaits this task: a bug in a check is told
        catch (Exception e)
#pragma warning restore CA1031
        {
            TcpLog.CheckFailed(logger, e, service, upstream.Address);
        }
    }

    private void Change(TcpUpstream upstream, string? trouble)
    {
        upstream.IsHealthy = trouble is null;
        outcomes.Up(upstream.Address).Set(upstreams.Any(u => u.Address == upstream.Address && u.IsHealthy) ? 1 : 0);
        if (trouble is null)
        {
            TcpLog.FoundGood(logger, service, upstream.Id);
            return;
        }

        TcpLog.FoundBad(logger, service, upstream.Id, trouble);
        Bad(upstream);
    }

    /// <summary>One check.</summary>
    /// <returns>Null when the server would serve, else why not, from a fixed set.</returns>
    private async Task<string?> CheckAsync(TcpUpstream upstream, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_health.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var open = await opener.OpenForCheckAsync(upstream.Target, _health.Timeout, either.Token);
        if (open.End is not { } end)
        {
            return open.Reason;
        }

        // a probe that takes too long is woken by the end of its connection
        using var ending = either.Token.Register(end.Abort);
        try
        {
            return await ProtocolProbe.AskAsync(options.Protocol, end, _health.User, isSecured: options.Tls is not null);
        }
        catch (Exception e) when (UpstreamOpener.ReasonOf(e) is { } reason)
        {
            return either.IsCancellationRequested ? "timeout" : reason;
        }
        finally
        {
            end.Dispose();
        }
    }
}
