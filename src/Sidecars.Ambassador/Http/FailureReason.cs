using System.Net.Sockets;
using System.Security.Authentication;
using Sidecars.Ambassador.Listening;
using Yarp.ReverseProxy.Forwarder;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Why a request got no answer from an upstream: the word that stands in the response's <c>sidecars-reason</c> header, in
/// metrics and in the access log.
/// </summary>
/// <param name="Word">From the fixed set below.</param>
/// <param name="Status">What the application gets where no response has begun yet.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="NothingWasSent">The upstream cannot have seen any of the request: it may be sent to another one, whatever it does.</param>
/// <param name="IsTheUpstreams">The upstream has to answer for it, after something may have been sent.</param>
internal sealed record FailureReason(string Word, int Status, string Message, bool NothingWasSent = false, bool IsTheUpstreams = false)
{
    /// <summary>The header that tells an answer of the ambassador from one of the upstream.</summary>
    public const string Header = "sidecars-reason";

    public static readonly FailureReason NoService = new("no_service", StatusCodes.Status503ServiceUnavailable, "the service of this listener has been removed from the configuration");
    public static readonly FailureReason NoRoute = new("no_route", StatusCodes.Status404NotFound, "no route of the service fits the request");
    public static readonly FailureReason Method = new("method", StatusCodes.Status405MethodNotAllowed, "CONNECT is not offered: this is no open proxy; use the service's own methods");
    public static readonly FailureReason NoUpstream = new("no_upstream", StatusCodes.Status503ServiceUnavailable, "no upstream is available");
    public static readonly FailureReason Timeout = new("timeout", StatusCodes.Status504GatewayTimeout, "the upstream did not begin to answer within the service's timeout", IsTheUpstreams: true);
    public static readonly FailureReason TryTimeout = new("try_timeout", StatusCodes.Status504GatewayTimeout, "no upstream began to answer within try_timeout", IsTheUpstreams: true);
    public static readonly FailureReason RateLimit = new("rate_limit", StatusCodes.Status429TooManyRequests, "more requests a second than the limits of the service allow");
    public static readonly FailureReason ConcurrencyLimit = new("concurrency_limit", StatusCodes.Status429TooManyRequests, "more requests at a time than the limits of the service allow");
    public static readonly FailureReason CircuitOpen = new("circuit_open", StatusCodes.Status503ServiceUnavailable, "too many requests failed; the service is left in peace for a while");
    public static readonly FailureReason PendingLimit = new("pending_limit", StatusCodes.Status503ServiceUnavailable, "as many requests are under way and waiting as the circuit breaker allows");
    public static readonly FailureReason Fault = new("fault", StatusCodes.Status503ServiceUnavailable, "a fault was made on purpose, as the configuration says");
    public static readonly FailureReason Canceled = new("client_closed", 499, "the application closed its connection before the answer");
    public static readonly FailureReason Credentials = new("credentials", StatusCodes.Status503ServiceUnavailable, "no token from the authorization server yet");
    public static readonly FailureReason NotCached = new("not_cached", StatusCodes.Status504GatewayTimeout, "the application asked for an answer from the cache only, and there is none that may be used");
    public static readonly FailureReason Dns = new("dns", StatusCodes.Status503ServiceUnavailable, "the upstream's name does not resolve", NothingWasSent: true);

    private static readonly FailureReason IdleTimeout = new("idle_timeout", StatusCodes.Status504GatewayTimeout, "nothing moved within the service's idle_timeout", IsTheUpstreams: true);
    private static readonly FailureReason ConnectTimeout = new("connect_timeout", StatusCodes.Status504GatewayTimeout, "no connection to the upstream within connect_timeout", NothingWasSent: true);
    private static readonly FailureReason Connect = new("connect", StatusCodes.Status502BadGateway, "the upstream refused the connection or cannot be reached", NothingWasSent: true);
    private static readonly FailureReason Tls = new("tls", StatusCodes.Status502BadGateway, "no TLS connection to the upstream", NothingWasSent: true);
    private static readonly FailureReason Closed = new("upstream_closed", StatusCodes.Status502BadGateway, "the upstream closed the connection before its answer was complete", IsTheUpstreams: true);
    private static readonly FailureReason Forbidden = new("forbidden", StatusCodes.Status502BadGateway, "the upstream's address is the ambassador's own admin port, to which no service may lead", NothingWasSent: true);
    private static readonly FailureReason Invalid = new("invalid_response", StatusCodes.Status502BadGateway, "the upstream's answer is not valid HTTP", IsTheUpstreams: true);
    private static readonly FailureReason Client = new("client_error", StatusCodes.Status400BadRequest, "the application's request could not be read to its end");
    private static readonly FailureReason Other = new("error", StatusCodes.Status502BadGateway, "the request failed", IsTheUpstreams: true);

    /// <summary>There is nobody behind the address at the moment, which is known at once.</summary>
    public bool IsRefusal => ReferenceEquals(this, Connect);

    /// <summary>The gRPC status, by number, that says the same to a gRPC client.</summary>
    public string GrpcStatus => Status switch
    {
        StatusCodes.Status400BadRequest => "3",
        StatusCodes.Status404NotFound => "12",
        StatusCodes.Status429TooManyRequests => "8",
        StatusCodes.Status504GatewayTimeout when !NothingWasSent => "4",
        _ => "14",
    };

    /// <summary>The reason behind YARP's error.</summary>
    public static FailureReason Of(IForwarderErrorFeature feature) => feature.Error switch
    {
        ForwarderError.NoAvailableDestinations => NoUpstream,
        ForwarderError.RequestTimedOut => feature.Exception is OperationCanceledException { InnerException: TimeoutException } ? ConnectTimeout : IdleTimeout,
        ForwarderError.UpgradeActivityTimeout => IdleTimeout,
        ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled
            or ForwarderError.UpgradeRequestCanceled or ForwarderError.UpgradeResponseCanceled => Canceled,
        ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient
            or ForwarderError.UpgradeRequestClient or ForwarderError.UpgradeResponseClient => Client,
        ForwarderError.ResponseBodyDestination or ForwarderError.RequestBodyDestination
            or ForwarderError.UpgradeRequestDestination or ForwarderError.UpgradeResponseDestination => Closed,
        ForwarderError.ResponseHeaders => Invalid,
        ForwarderError.Request => OfRequest(feature.Exception),
        _ => Other,
    };

    /// <summary>The reason behind what a client threw before there was an answer.</summary>
    public static FailureReason OfRequest(Exception? exception) => exception switch
    {
        OperationCanceledException { InnerException: TimeoutException } => ConnectTimeout,
        HttpRequestException { InnerException: OwnAdminPortException } => Forbidden,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => Dns,
        HttpRequestException { InnerException: AuthenticationException } => Tls,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } => ConnectTimeout,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => Connect,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or AuthenticationException => Tls,
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => Closed,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded } => Invalid,
        HttpRequestException { InnerException: IOException } => Closed,
        _ => Other,
    };
}
