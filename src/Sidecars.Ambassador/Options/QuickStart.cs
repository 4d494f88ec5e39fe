using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>Turns the pair of upstream and listen at the root into a service like every other: the only place that knows of it.</summary>
internal static class QuickStart
{
    public const string ServiceName = "default";
    private const string TcpScheme = "tcp://";
    private static readonly ListenAddress DefaultListen = Parse("127.0.0.1:8080");

    /// <summary>The services of the configuration, the one of the quick start first.</summary>
    public static IReadOnlyList<ServiceOptions> AllServices(this AmbassadorOptions options) =>
        string.IsNullOrEmpty(options.Upstream) ? options.Services : [Expand(options.Upstream, options.Listen ?? DefaultListen), .. options.Services];

    private static ServiceOptions Expand(string upstream, ListenAddress listen)
    {
        var service = new ServiceOptions { Name = ServiceName, Listen = listen };
        if (upstream.StartsWith(TcpScheme, StringComparison.OrdinalIgnoreCase))
        {
            service.Tcp = new TcpServiceOptions { Upstreams = [new TcpUpstreamOptions(upstream[TcpScheme.Length..].TrimEnd('/'))] };
        }
        else
        {
            service.Http = new HttpServiceOptions { Upstreams = [new UpstreamOptions(upstream)] };
        }

        return service;
    }

    private static ListenAddress Parse(string text) => ListenAddress.TryParse(text, out var address) ? address! : throw new FormatException(text);
}
