using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>
/// When a request is sent again. That it could not be connected costs no retry: then the next server gets it in any case.
/// </summary>
internal sealed class RetryOptions
{
    [Description("How often at most a request is sent again after something of it may have reached a server. 0: never. Default: 2.")]
    [AllowedRange("0", "20")]
    public int Limit { get; set; } = 2;

    [Description("Statuses that are tried again, such as 502, 503. Default: none, an answer is an answer.")]
    public List<int> Statuses { get; set; } = [];

    [Description("gRPC statuses that are tried again, by number, where the server sends nothing but the status: 14 is UNAVAILABLE. For gRPC calls, whose method is always POST, naming one says that calls may be repeated. Default: none.")]
    public List<int> GrpcStatuses { get; set; } = [];

    [Description("Whether requests of any method may be repeated. Without it only those of methods that may by their definition (GET, HEAD, OPTIONS, TRACE, PUT, DELETE), and those with the header Idempotency-Key. Default: false.")]
    public bool NonIdempotent { get; set; }

    [Description("A request whose body is larger than this is not sent again once its body has begun to go out. Default: 64KiB.")]
    [AllowedRange("0B", "16MiB")]
    public ByteSize Buffer { get; set; } = ByteSize.KiB(64);

    [Description("The pause before the first repetition; it doubles with each, and each is shortened at random to anything down to nothing. Default: 25ms.")]
    [AllowedRange("0s", "1m")]
    public TimeSpan Backoff { get; set; } = TimeSpan.FromMilliseconds(25);

    [Description("The longest pause. Default: 250ms.")]
    [AllowedRange("0s", "10m")]
    public TimeSpan BackoffAtMost { get; set; } = TimeSpan.FromMilliseconds(250);

    [Description("The retry budget: repetitions may be at most so many percent of the requests of the last 10 s. Default: 20.")]
    [AllowedRange("0", "1000")]
    public int BudgetPercent { get; set; } = 20;

    [Description("So many repetitions a second are possible whatever the budget says. Default: 10.")]
    [AllowedRange("0", "100000")]
    public int BudgetPerSecond { get; set; } = 10;
}

/// <summary>When a service is left in peace for a while.</summary>
internal sealed class CircuitBreakerOptions
{
    [Description("The share of failed requests, in percent, that opens the breaker: no answer, or one of status 5xx. 0: it never opens. Default: 50.")]
    [AllowedRange("0", "100")]
    public int FailurePercent { get; set; } = 50;

    [Description("Over how long the share is reckoned. Default: 10s.")]
    [AllowedRange("1s", "10m")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    [Description("Fewer requests in the window open nothing. Default: 20.")]
    [AllowedRange("1", "1000000")]
    public int MinimumRequests { get; set; } = 20;

    [Description("How long it stays open; then one request at a time is let through, and its answer decides. Default: 5s.")]
    [AllowedRange("10ms", "1h")]
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(5);

    [Description("The most requests under way to the servers of the service. 0: no limit. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int MaxRequests { get; set; }

    [Description("The most requests that wait for one of max_requests to end; more are answered with 503 at once. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int MaxPending { get; set; }
}

/// <summary>How many requests the application may send.</summary>
internal sealed class LimitOptions
{
    [Description("The most requests a second, over time; more are answered with 429 and Retry-After. 0: no limit. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public double RequestsPerSecond { get; set; }

    [Description("So many requests may come at once on top of the rate. 0: those of one second. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int Burst { get; set; }

    [Description("The most requests under way at a time; more are answered with 429 and Retry-After. 0: no limit. Default: 0.")]
    [AllowedRange("0", "1000000")]
    public int Concurrent { get; set; }
}

/// <summary>A fault that is made on purpose, to see how the application takes it.</summary>
internal sealed class FaultOptions
{
    [Description("How many of the requests, in percent, meet the fault. Default: 100.")]
    [AllowedRange("0", "100")]
    public double Percent { get; set; } = 100;

    [Description("Only requests with this header meet the fault. Default: all.")]
    public string? Header { get; set; }

    [Description("The value that the header has. Default: any.")]
    public string? HeaderValue { get; set; }

    [Description("How long the request is held up. Default: 0.")]
    [AllowedRange("0s", "1h")]
    public TimeSpan Delay { get; set; }

    [Description("The status that the request is answered with in place of being sent. 0: none, it is sent. Default: 0.")]
    [AllowedRange("0", "599")]
    public int AbortStatus { get; set; }
}
