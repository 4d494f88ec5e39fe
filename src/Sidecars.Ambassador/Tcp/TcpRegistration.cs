namespace Sidecars.Ambassador.Tcp;

/// <summary>Puts the TCP data plane together.</summary>
internal static class TcpRegistration
{
    public static void AddTcpServices(this IServiceCollection services)
    {
        services.AddSingleton<TcpMetrics>();
        services.AddSingleton<TcpListeners>();
        services.AddHostedService(provider => provider.GetRequiredService<TcpListeners>());
    }
}
