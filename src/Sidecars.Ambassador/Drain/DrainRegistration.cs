namespace Sidecars.Ambassador.Drain;

/// <summary>Puts the drain together.</summary>
internal static class DrainRegistration
{
    public static void AddDrain(this IServiceCollection services)
    {
        services.AddSingleton<InFlight>();
        services.AddHostedService<TrafficDrain>();
    }
}
