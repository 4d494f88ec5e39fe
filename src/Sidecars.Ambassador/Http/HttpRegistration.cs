using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serilog.Extensions.Logging;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Credentials;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Health;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Sidecars.Ambassador.Http;

/// <summary>Puts the HTTP data plane together.</summary>
internal static class HttpRegistration
{
    public static void AddHttpServices(this IServiceCollection services, IReadOnlyList<ServiceOptions> configured)
    {
        services.AddProxy(configured);
        services.AddSingleton<IForwarderHttpClientFactory, UpstreamClientFactory>();
        services.AddSingleton<HttpMetrics>();
        services.AddSingleton<HttpListeners>();
        services.AddSingleton<HttpServices>();
        services.AddSingleton<HttpTraffic>();
        services.AddSingleton<HttpRouteFactory>();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<Caches>();
        services.AddSingleton<CacheStep>();
        services.AddSingleton<Entrance>();
        services.AddSingleton<Repetition>();
        services.AddSingleton<UpstreamJudge>();
        services.AddSingleton<Tries>();
        services.AddSingleton<Hedges>();
        services.AddSingleton<HealthChecks>();
        services.AddSingleton<ServiceCredentials>();
        services.AddSingleton<AccessLog>();
        services.AddHostedService(provider => provider.GetRequiredService<AccessLog>());
        services.ReplaceForwarder();
        services.KeepNoKeys();
        services.QuietFrameworks();
        services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.CreateBoundListenSocket = ListenSocket.Bind;

            // Nothing on the request path blocks, so it may run where the socket's readiness is noticed.
            sockets.UnsafePreferInlineScheduling = true;
        });
    }

    /// <summary>Routing and transforms: what decides where a request goes and as what.</summary>
    public static void AddProxy(this IServiceCollection services, IReadOnlyList<ServiceOptions> configured)
    {
        services.AddReverseProxy()
            .LoadFromMemory(ProxyRoutes.RoutesOf(configured), ProxyRoutes.ClustersOf(configured))
            .AddTransforms(KeepPath);
        services.AddSingleton<MatcherPolicy, ListenerMatcherPolicy>();
    }

    private static void KeepPath(TransformBuilderContext route)
    {
        var metadata = route.Route.Metadata!;
        if (!metadata.ContainsKey(OriginalPath.SetKey))
        {
            route.AddRequestTransform(new OriginalPath(metadata.GetValueOrDefault(OriginalPath.RemovePrefixKey), metadata.GetValueOrDefault(OriginalPath.AddPrefixKey)).KeepAsync);
        }
    }

    /// <summary>The pipeline of requests on the services' listeners.</summary>
    public static void UseHttpServices(this IApplicationBuilder app)
    {
        // A pipeline with endpoints of its own: the admin port's can never match here, nor these there.
        var services = app.ApplicationServices;
        var proxy = new ApplicationBuilder(services);
        proxy.Use(services.GetRequiredService<HttpTraffic>().InvokeAsync);
        proxy.UseRouting();
        proxy.Use(NoRouteAsync);
        proxy.UseEndpoints(endpoints => endpoints.MapReverseProxy(steps =>
        {
            steps.Use(FailureResponse.InvokeAsync);
            steps.Use(HopByHop.InvokeAsync);
            steps.Use(services.GetRequiredService<CacheStep>().InvokeAsync);
            steps.Use(services.GetRequiredService<FirstAddresses>().InvokeAsync);
            steps.Use(services.GetRequiredService<Entrance>().InvokeAsync);
            steps.Use(services.GetRequiredService<ServiceCredentials>().InvokeAsync);
            steps.Use(services.GetRequiredService<Tries>().InvokeAsync);
        }));
        app.Run(proxy.Build());
    }

    /// <summary>Routing has an answer of its own to a method that no route of a path takes; it is of no route either.</summary>
    private static Task NoRouteAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is null ? FailureResponse.RejectAsync(context, FailureReason.NoRoute) : next(context);

    private static void ReplaceForwarder(this IServiceCollection services)
    {
        var yarp = services.Last(d => d.ServiceType == typeof(IHttpForwarder));
        services.Remove(yarp);
        services.AddKeyedSingleton(typeof(IHttpForwarder), UpstreamForwarder.YarpKey, yarp.ImplementationType!);
        services.AddSingleton<IHttpForwarder, UpstreamForwarder>();
    }

    /// <summary>YARP brings data protection for affinity cookies, which would write keys below the home folder at start.</summary>
    private static void KeepNoKeys(this IServiceCollection services)
    {
        var warmUp = services.Where(d => d.ServiceType == typeof(IHostedService)
            && d.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal) == true);
        foreach (var descriptor in warmUp.ToList())
        {
            services.Remove(descriptor);
        }

        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(provider =>
            new EphemeralDataProtectionProvider(provider.GetRequiredService<ILoggerFactory>())));
    }

    /// <summary>
    /// What a request met is told once, by the access log, and not as several lines of frameworks. A provider of its own
    /// rules is only overruled by rules for it.
    /// </summary>
    private static void QuietFrameworks(this IServiceCollection services) => services.AddLogging(logging => logging
        .AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        .AddFilter<SerilogLoggerProvider>("Yarp.ReverseProxy", LogLevel.Error)
        .AddFilter<SerilogLoggerProvider>("Yarp.ReverseProxy.Forwarder", LogLevel.None));
}
