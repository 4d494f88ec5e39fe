using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Caching;

/// <summary>One cache: its rules, what it keeps, and what is under way. Routes without options of their own share their service's.</summary>
internal sealed class RouteCache(CacheOptions options, bool byHost, CacheFigures figures, TimeProvider time)
{
    public CachePolicy Policy { get; } = new(options, time);

    public CacheStore Store { get; } = new(options.MaxBytes.Bytes, figures);

    public Flights Flights { get; } = new(time);

    public CacheFigures Figures => figures;

    /// <summary>Whether the servers see the host that the client named, so that it is part of what is asked for.</summary>
    public bool ByHost => byHost;
}
