using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Sidecars.Ambassador.Discovery;

/// <summary>Puts discovery together.</summary>
internal static class DiscoveryRegistration
{
    /// <param name="services">The container.</param>
    /// <param name="options">What holds until the configuration changes.</param>
    public static void AddDiscovery(this IServiceCollection services, DnsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(new DnsLookup());
        services.AddSingleton<DnsMetrics>();
        services.AddSingleton<NameDirectory>();
        services.AddSingleton<FirstAddresses>();
        services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
    }
}
