namespace Sidecars.Ambassador.Tracing;

/// <summary>Puts the tracing together.</summary>
internal static class TracingRegistration
{
    public static void AddTracing(this IServiceCollection services)
    {
        services.AddSingleton<SpanMetrics>();
        services.AddSingleton<SpanExport>();
        services.AddSingleton<RequestSpans>();
        services.AddSingleton(provider => new ConnectionSpans(provider.GetRequiredService<SpanExport>().Source));
        services.AddHostedService(provider => provider.GetRequiredService<SpanExport>());
    }
}
