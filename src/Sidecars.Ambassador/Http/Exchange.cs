namespace Sidecars.Ambassador.Http;

/// <summary>What is known about one request while it is under way; a feature of its context.</summary>
internal sealed class Exchange(HttpService service, long started)
{
    public HttpService Service => service;

    /// <summary>The clock's timestamp when the request's head had been read.</summary>
    public long Started => started;

    /// <summary>How many upstreams were tried.</summary>
    public int Tries { get; set; }

    /// <summary>Why there is no answer of an upstream, or not all of it.</summary>
    public FailureReason? Failure { get; set; }

    /// <summary>The status that stands for the answer where it says so otherwise, as to gRPC clients; 0: its own.</summary>
    public int AnsweredWith { get; set; }
}
