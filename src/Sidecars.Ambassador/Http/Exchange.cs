using System.Diagnostics;
using Sidecars.Ambassador.Balancing;
using Sidecars.Ambassador.Resilience;

namespace Sidecars.Ambassador.Http;

/// <summary>What is known about one request while it is under way; a feature of its context.</summary>
internal sealed class Exchange(HttpService service, long started)
{
    public HttpService Service => service;

    /// <summary>The clock's timestamp when the request's head had been read.</summary>
    public long Started => started;

    /// <summary>How the request is treated; the service's standard until routing has decided.</summary>
    public HttpRoute Route { get; set; } = service.Standard;

    /// <summary>How many upstreams were tried.</summary>
    public int Tries { get; set; }

    /// <summary>How often it was sent again after something of it may have reached a server.</summary>
    public int Repetitions { get; set; }

    /// <summary>The servers of tries that have ended, and of those that were sent beside one; null where there are none.</summary>
    public List<Upstream>? Tried { get; set; }

    /// <summary>The server of the try under way, or of the last one.</summary>
    public Upstream? Upstream { get; set; }

    /// <summary>The clock's timestamp when the last try began.</summary>
    public long TryStarted { get; set; }

    /// <summary>How long the server of the last try took to begin its answer; null where it did not.</summary>
    public TimeSpan? UpstreamLatency { get; set; }

    /// <summary>The server's answer was one that is tried again, and has been thrown away.</summary>
    public bool IsAnswerWithheld { get; set; }

    /// <summary>Whether the request may be sent again by what it is; null as long as nobody has asked.</summary>
    public bool? MayRepeat { get; set; }

    /// <summary>The body, where it can be read again.</summary>
    public ReplayBody? Body { get; set; }

    /// <summary>Why there is no answer of an upstream, or not all of it.</summary>
    public FailureReason? Failure { get; set; }

    /// <summary>Told of each head of an answer that is passed on, before its body; null where nobody wants to know.</summary>
    public Action? AtHead { get; set; }

    /// <summary>The span of the whole request; null where there are none.</summary>
    public Activity? Span { get; set; }

    /// <summary>The span of the try under way; null where it is not recorded.</summary>
    public Activity? TrySpan { get; set; }

    /// <summary>What the cache had for it, from a fixed set of words; null where the route has none.</summary>
    public string? CacheResult { get; set; }

    /// <summary>The status that stands for the answer where it says so otherwise, as to gRPC clients; 0: its own.</summary>
    public int AnsweredWith { get; set; }
}
