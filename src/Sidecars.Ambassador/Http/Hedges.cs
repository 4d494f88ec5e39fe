using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Tracing;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>Sends requests that are without an answer for too long to one more server, where their route says so and nothing speaks against it.</summary>
internal sealed class Hedges(UpstreamJudge judge, RequestSpans spans, TimeProvider time)
{
    public UpstreamJudge Judge => judge;

    public RequestSpans Spans => spans;

    public TimeProvider Time => time;

    /// <summary>The client for one request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="client">The one of its servers.</param>
    /// <param name="transformer">Makes the message for any of them.</param>
    public HttpMessageInvoker ClientOf(HttpContext context, Exchange exchange, HttpMessageInvoker client, HttpTransformer transformer) =>
        exchange.Route.Hedging is { } hedging && MaySendTwice(context, exchange)
            ? new HttpMessageInvoker(new HedgedRequest(this, hedging, context, exchange, client, transformer), disposeHandler: false)
            : client;

    /// <summary>A body is read once, while it is sent; an upgraded connection is one.</summary>
    private static bool MaySendTwice(HttpContext context, Exchange exchange) =>
        exchange.Route.Retry.IsSafe(context.Request, FailureResponse.IsGrpc(context.Request))
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true;
}
