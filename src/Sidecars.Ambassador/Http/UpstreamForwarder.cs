using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// The last step: one request to one upstream and its answer back. It is the seam of the data plane: everything before it
/// knows only <see cref="IHttpForwarder"/>, so another HTTP/1.1 forwarder takes the place of YARP's here. What it adds is
/// the service's timeout, which YARP's own would answer with 400.
/// </summary>
internal sealed class UpstreamForwarder([FromKeyedServices(UpstreamForwarder.YarpKey)] IHttpForwarder yarp, TimeProvider time) : IHttpForwarder
{
    /// <summary>The key of YARP's own forwarder among the services.</summary>
    public const string YarpKey = "yarp";

    /// <inheritdoc/>
    public ValueTask<ForwarderError> SendAsync(
        HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer)
    {
        var exchange = context.Features.GetRequiredFeature<Exchange>();
        return exchange.Service.Options.Timeout == TimeSpan.Zero
            ? yarp.SendAsync(context, destinationPrefix, httpClient, requestConfig, transformer)
            : SendAsync(exchange, context, destinationPrefix, httpClient, requestConfig, transformer);
    }

    private async ValueTask<ForwarderError> SendAsync(
        Exchange exchange, HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer)
    {
        var left = exchange.Service.Options.Timeout - time.GetElapsedTime(exchange.Started);
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        var error = await yarp.SendAsync(context, destinationPrefix, httpClient, requestConfig, new UntilHead(transformer, deadline), deadline.Token);
        if (error != ForwarderError.None && deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            exchange.Failure = FailureReason.Timeout;
        }

        return error;
    }

    /// <summary>Ends the timeout when the head of the response is there.</summary>
    private sealed class UntilHead(HttpTransformer inner, CancellationTokenSource deadline) : HttpTransformer
    {
        public override ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken) =>
            inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            if (proxyResponse is not null)
            {
                deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            }

            return inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        }

        public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
            inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);
    }
}
