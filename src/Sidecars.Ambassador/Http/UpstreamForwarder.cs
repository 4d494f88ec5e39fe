using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Tls;
using Sidecars.Ambassador.Tracing;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// The last step: one request to one upstream and its answer back. It is the seam of the data plane: everything before it
/// knows only <see cref="IHttpForwarder"/>, so another HTTP/1.1 forwarder takes the place of YARP's here. What it adds is
/// the timeouts, which YARP's own would answer with 400, and a look at the head of the response: how long it took, and
/// whether it is one to pass on.
/// </summary>
internal sealed class UpstreamForwarder([FromKeyedServices(UpstreamForwarder.YarpKey)] IHttpForwarder yarp, Repetition repetition, Hedges hedges, TimeProvider time) : IHttpForwarder
{
    /// <summary>The key of YARP's own forwarder among the services.</summary>
    public const string YarpKey = "yarp";

    /// <inheritdoc/>
    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer)
    {
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        httpClient = hedges.ClientOf(context, exchange, httpClient, transformer);
        return exchange.Route.TimeLeft(time.GetElapsedTime(exchange.Started), out var isOfTry) is { } left
            ? SendAsync(exchange, left, isOfTry, context, destinationPrefix, httpClient, requestConfig, transformer)
            : yarp.SendAsync(context, destinationPrefix, httpClient, requestConfig, new AtHead(this, transformer, exchange, null));
    }

    private async ValueTask<ForwarderError> SendAsync(
        Exchange exchange, TimeSpan left, bool isOfTry, HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer)
    {
        using var deadline = new CancellationTokenSource(left, time);
        var error = await yarp.SendAsync(context, destinationPrefix, httpClient, requestConfig, new AtHead(this, transformer, exchange, deadline), deadline.Token);
        if (error != ForwarderError.None && deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            exchange.Failure = isOfTry ? FailureReason.TryTimeout : FailureReason.Timeout;
        }

        return error;
    }

    /// <summary>Notes the latency, ends the timeout, and withholds an answer that is tried again.</summary>
    private void HeadIsThere(Exchange exchange, CancellationTokenSource? deadline)
    {
        var latency = time.GetElapsedTime(exchange.TryStarted);
        exchange.UpstreamLatency = latency;
        exchange.Upstream!.Latency.Observe(latency);
        exchange.Route.Hedging?.Observe(latency);
        deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    private sealed class AtHead(UpstreamForwarder forwarder, HttpTransformer inner, Exchange exchange, CancellationTokenSource? deadline) : HttpTransformer
    {
        public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            TlsConnect.Name(proxyRequest, exchange.Upstream!.TlsName);
            return exchange.Span is null
                ? inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken)
                : TransformTracedAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        }

        private async ValueTask TransformTracedAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            RequestSpans.Propagate(proxyRequest, exchange.Span, exchange.TrySpan);
        }

        public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is not null)
            {
                forwarder.HeadIsThere(exchange, deadline);
                RequestSpans.HeadIsThere(exchange, proxyResponse);
                HopByHop.Remove(proxyResponse.Headers);
                if (forwarder.Repetition.IsToBeRepeated(httpContext, exchange, proxyResponse))
                {
                    exchange.IsAnswerWithheld = true;
                    return ValueTask.FromResult(false);
                }
            }

            return exchange.AtHead is null ? inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken) : TellAsync(httpContext, proxyResponse, cancellationToken);
        }

        private async ValueTask<bool> TellAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            var isCopied = await inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            if (proxyResponse is not null)
            {
                exchange.AtHead?.Invoke();
            }

            return isCopied;
        }

        public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
            inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }

    private Repetition Repetition => repetition;
}
