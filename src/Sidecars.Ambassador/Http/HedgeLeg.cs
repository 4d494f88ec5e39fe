using System.Diagnostics;
using Sidecars.Ambassador.Balancing;

namespace Sidecars.Ambassador.Http;

/// <summary>One of the tries of a request that are under way at a time.</summary>
internal sealed class HedgeLeg : IDisposable
{
    private readonly CancellationTokenSource _cancellation;

    public HedgeLeg(HttpMessageInvoker client, HttpRequestMessage request, Upstream upstream, long started, Activity? span, CancellationToken cancellation)
    {
        (Upstream, Started, Span) = (upstream, started, span);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Answer = client.SendAsync(request, _cancellation.Token);
    }

    public Upstream Upstream { get; }

    /// <summary>The clock's timestamp when it began.</summary>
    public long Started { get; }

    public Activity? Span { get; }

    public Task<HttpResponseMessage> Answer { get; }

    /// <summary>Whether there is an answer, and one that is worth not to wait for another.</summary>
    public bool IsGood => Answer.IsCompletedSuccessfully && (int)Answer.Result.StatusCode < StatusCodes.Status500InternalServerError;

    /// <summary>Nobody waits for the answer any more: ends it, and waits for the end beside the request.</summary>
    public async Task AbandonAsync()
    {
        try
        {
            await _cancellation.CancelAsync();
            (await Answer).Dispose();
        }
#pragma warning disable CA1031 // how a try ends that nobody waits for concerns nobody
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        finally
        {
            Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();
}
