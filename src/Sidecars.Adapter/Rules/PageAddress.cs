using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Rules;

/// <summary>How a page is asked for.</summary>
internal enum PageProtocol
{
    Http,
    Redis,
    Memcached,
}

/// <summary>Where a page is, and how it is asked for.</summary>
internal sealed record PageAddress(PageProtocol Protocol, Uri Uri)
{
    public static PageAddress Of(InputOptions input) => input switch
    {
        { Http: { } http } => new PageAddress(PageProtocol.Http, new Uri(http)),
        { Redis: { } redis } => new PageAddress(PageProtocol.Redis, new Uri($"tcp://{redis}")),
        _ => new PageAddress(PageProtocol.Memcached, new Uri($"tcp://{input.Memcached}")),
    };

    public override string ToString() => Protocol == PageProtocol.Http ? Uri.ToString() : Uri.Authority;
}
