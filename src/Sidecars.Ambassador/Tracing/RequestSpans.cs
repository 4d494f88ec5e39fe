using System.Diagnostics;
using System.Globalization;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Http;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Tracing;

/// <summary>
/// The spans of a request: one for the whole of it, as the application asked, and below it one for each try. Names and
/// attributes are those of OpenTelemetry's conventions for HTTP clients; what has no name there begins with <c>sidecars.</c>
/// Queries are left out of URLs, as everywhere, because they may hold secrets.
/// </summary>
internal sealed class RequestSpans(SpanExport export)
{
    private const string OtherMethod = "_OTHER";

    /// <summary>The methods of RFC 9110 and PATCH; any other could be the client's invention.</summary>
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>Begins the span of a request; its parent is the one that the application names.</summary>
    public void Begin(HttpContext context, Exchange exchange)
    {
        if (export.Source is not { } source)
        {
            return;
        }

        // nothing but the application's headers says whose child it is
        Activity.Current = null;
        var known = Array.Exists(Methods, context.Request.Method.Equals);
        exchange.Span = source.StartActivity(
            known ? $"{context.Request.Method} {exchange.Service.Name}" : $"HTTP {exchange.Service.Name}", ActivityKind.Client, ParentOf(context.Request.Headers));
        if (exchange.Span is { IsAllDataRequested: true } span)
        {
            var host = context.Request.Host;
            Describe(span, context.Request.Method, known);
            span.SetTag("url.full", $"{context.Request.Scheme}://{host.Value}{context.Request.Path.ToUriComponent()}");
            span.SetTag("server.address", host.Host);
            span.SetTag("server.port", host.Port);
            span.SetTag("sidecars.service", exchange.Service.Name);
        }
    }

    /// <summary>Ends it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="exchange">What is known of it.</param>
    /// <param name="status">What the application was answered.</param>
    public static void End(HttpContext context, Exchange exchange, int status)
    {
        if (exchange.Span is not { } span)
        {
            return;
        }

        EndTry(exchange); // where the application went away in the middle of it
        if (span.IsAllDataRequested)
        {
            span.SetTag("http.response.status_code", status);
            span.SetTag("sidecars.route", context.Features.Get<IReverseProxyFeature>()?.Route.Config.RouteId);
            span.SetTag("sidecars.tries", exchange.Tries);
            span.SetTag("sidecars.cache", exchange.CacheResult);
            Judge(span, exchange.Failure, status);
        }

        span.Dispose();
    }

    /// <summary>Begins the span of a try, where the request has one that is recorded.</summary>
    public Activity? StartTry(HttpContext context, Exchange exchange, Upstream upstream)
    {
        if (exchange.Span is not { IsAllDataRequested: true } parent)
        {
            return null;
        }

        var known = Array.Exists(Methods, context.Request.Method.Equals);
        var attempt = export.Source!.StartActivity(known ? context.Request.Method : "HTTP", ActivityKind.Client, parent.Context);
        if (attempt is { IsAllDataRequested: true } span)
        {
            Describe(span, context.Request.Method, known);
            span.SetTag("sidecars.upstream", upstream.Name);
            if (exchange.Tries > 1)
            {
                span.SetTag("http.request.resend_count", exchange.Tries - 1);
            }
        }

        return attempt;
    }

    /// <summary>Ends the span of the request's try.</summary>
    public static void EndTry(Exchange exchange)
    {
        var status = exchange.TrySpan?.GetTagItem("http.response.status_code") as int?;
        EndTry(exchange.TrySpan, exchange.Failure, status ?? 0);
        exchange.TrySpan = null;
    }

    /// <summary>Ends the span of a try.</summary>
    /// <param name="span">The span, or null.</param>
    /// <param name="failure">Why there is no answer, or not all of it.</param>
    /// <param name="status">The answer's status; 0 where there is none.</param>
    public static void EndTry(Activity? span, FailureReason? failure, int status)
    {
        if (span is not null)
        {
            Judge(span, failure, status);
            span.Dispose();
        }
    }

    /// <summary>Tells the upstream whose child its own span is. Where the request has no span, it is told what the application said.</summary>
    /// <param name="request">As it goes out.</param>
    /// <param name="whole">The span of the request, or null.</param>
    /// <param name="attempt">The span of the try, or null where it is not recorded.</param>
    public static void Propagate(HttpRequestMessage request, Activity? whole, Activity? attempt)
    {
        if ((attempt ?? whole) is not { } span)
        {
            return;
        }

        request.Headers.Remove("traceparent");
        request.Headers.Remove("tracestate");
        request.Headers.TryAddWithoutValidation("traceparent", span.Id);
        if (span.TraceStateString is { Length: > 0 } state)
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }

        if (attempt is not null && request.RequestUri is { } uri)
        {
            attempt.SetTag("url.full", uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped));
            attempt.SetTag("server.address", uri.Host);
            attempt.SetTag("server.port", uri.Port);
        }
    }

    /// <summary>Notes the head of the answer.</summary>
    public static void HeadIsThere(Exchange exchange, HttpResponseMessage response)
    {
        if (exchange.TrySpan is { } span)
        {
            span.SetTag("http.response.status_code", (int)response.StatusCode);
            span.SetTag("network.protocol.version", response.Version.Major >= 2 ? response.Version.Major.ToString(CultureInfo.InvariantCulture) : response.Version.ToString());
        }
    }

    private static void Describe(Activity span, string method, bool isKnown)
    {
        span.SetTag("http.request.method", isKnown ? method : OtherMethod);
        if (!isKnown)
        {
            span.SetTag("http.request.method_original", method);
        }
    }

    /// <summary>A client's span is in error with every status of 400 and above, and with no answer at all.</summary>
    private static void Judge(Activity span, FailureReason? failure, int status)
    {
        if (failure is not null)
        {
            span.SetTag("error.type", failure.Word);
            span.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
        else if (status >= StatusCodes.Status400BadRequest)
        {
            span.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>None where the header is missing, said twice or wrong: then a trace begins here (W3C Trace Context, 4.3).</summary>
    private static ActivityContext ParentOf(IHeaderDictionary headers)
    {
        var (parent, state) = (headers.TraceParent, headers.TraceState);
        return parent.Count == 1 && ActivityContext.TryParse(parent[0], state.Count == 0 ? null : state.ToString(), isRemote: true, out var context) ? context : default;
    }
}
