using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using Serilog;
using Sidecars.Common.Configuration;
using Sidecars.Common.Health;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Logging;
using Sidecars.Common.Metrics;
using Sidecars.Common.Status;

namespace Sidecars.Common.Hosting;

/// <summary>One run of a sidecar, from checked options to the exit code.</summary>
internal static partial class SidecarRun
{
    // what hosted services may take after the drain; the drain did the real work
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync<TOptions>(
        Sidecar<TOptions> sidecar, ConfigurationLoader<TOptions> loader, LoadedConfiguration<TOptions> loaded)
        where TOptions : SidecarOptions, new()
    {
        var app = Build(sidecar, loader, loaded);
        await using (app.ConfigureAwait(false))
        {
            var lifetime = app.Services.GetRequiredService<DrainLifetime>();
            var log = app.Services.GetRequiredService<ILogger<SidecarHost<TOptions>>>();
            var gate = app.Services.GetRequiredService<HealthRegistry>().AddStartup("host");
            await app.StartAsync().ConfigureAwait(false);
            gate.Open();
            LogStarted(log, sidecar.Identity.Name, ProcessMetrics.ProductVersion, loaded.Options.Admin.Listen!.Text, loader.Source.File ?? "none: defaults");

            // Starting leaves megabytes of garbage that an idle sidecar, which never fills its first generation, would keep for good.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await app.WaitForShutdownAsync().ConfigureAwait(false);
            return lifetime.ExitCode;
        }
    }

    private static WebApplication Build<TOptions>(
        Sidecar<TOptions> sidecar, ConfigurationLoader<TOptions> loader, LoadedConfiguration<TOptions> loaded)
        where TOptions : SidecarOptions, new()
    {
        // nothing from the environment, no appsettings.json: one configuration, ours
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = sidecar.Identity.Name, ContentRootPath = "/" });
        var admin = loaded.Options.Admin.Listen!;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTimeout);
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IServiceProvider>((kestrel, services) =>
        {
            kestrel.Listen(admin.EndPoint, listen =>
            {
                AdminConnection.Mark(listen);
                services.GetService<WebGate>()?.Secure(listen);
            });
            if (loaded.Options.Admin.PlainListen is { } plain)
            {
                kestrel.Listen(plain.EndPoint, AdminConnection.MarkPlain);
            }

            sidecar.ConfigureKestrel(kestrel, services);
        });
        AddLogging(builder, sidecar, loaded.Options);
        AddCommon(builder.Services, sidecar, loader, loaded);
        sidecar.AddServices(builder.Services, loaded.Options);

        var app = builder.Build();
        ProcessMetrics.Register(app.Services.GetRequiredService<CollectorRegistry>(), app.Services.GetRequiredService<IMetricFactory>(), sidecar.Identity.Name);
        app.Run(Split(app, sidecar));
        return app;
    }

    private static void AddLogging<TOptions>(WebApplicationBuilder builder, Sidecar<TOptions> sidecar, TOptions options)
        where TOptions : SidecarOptions, new()
    {
        var logging = new SidecarLogging();
        builder.Logging.AddSerilog(logging.Create(options.Log.Level.ToSerilog(), options.Log.Format == LogFormatKind.Text, sidecar.LogsToStandardError, sidecar.Identity.Name), dispose: true);
        builder.Services.AddSingleton(logging);
    }

    private static void AddCommon<TOptions>(
        IServiceCollection services, Sidecar<TOptions> sidecar, ConfigurationLoader<TOptions> loader, LoadedConfiguration<TOptions> loaded)
        where TOptions : SidecarOptions, new()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        services.AddSingleton(sidecar.Identity);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(registry);
        services.AddSingleton<IMetricFactory>(Prometheus.Metrics.WithCustomRegistry(registry));
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<HealthRegistry>();
        services.AddSingleton<DrainSequence>();
        services.AddSingleton<StatusBoard>();
        if (loaded.Options.Admin.WebConfig is { } file)
        {
            services.AddSingleton(s => new WebConfig(file, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<WebConfig>>()));
            services.AddSingleton<WebGate>();
        }

        services.AddSingleton(loader);
        services.AddSingleton(loaded);
        services.AddSingleton(s => Live(loaded.Options, s.GetRequiredService<SidecarLogging>()));
        services.AddSingleton<ConfigurationReloader<TOptions>>();
        services.AddHostedService<ConfigurationWatcher<TOptions>>();
        services.AddSingleton<Func<ShutdownOptions>>(s => () => s.GetRequiredService<LiveOptions<TOptions>>().Current.Shutdown);
        services.AddSingleton<DrainLifetime>();
        services.AddSingleton<IHostLifetime>(s => s.GetRequiredService<DrainLifetime>());
    }

    private static LiveOptions<TOptions> Live<TOptions>(TOptions options, SidecarLogging logging)
        where TOptions : SidecarOptions
    {
        var live = new LiveOptions<TOptions>(options);
        live.OnChange(o => logging.SetLevel(o.Log.Level.ToSerilog()));
        return live;
    }

    // Three pipelines with routing of their own, told apart by the listener the connection came in on and by nothing a client can say.
    private static RequestDelegate Split<TOptions>(WebApplication app, Sidecar<TOptions> sidecar)
        where TOptions : SidecarOptions, new()
    {
        var admin = new ApplicationBuilder(app.Services);
        if (app.Services.GetService<WebGate>() is { } gate)
        {
            admin.Use(next => context => gate.PassAsync(context, next));
        }

        admin.UseRouting();
        admin.UseEndpoints(endpoints =>
        {
            AdminEndpoints.MapHealth(endpoints, app.Services.GetRequiredService<HealthRegistry>());
            AdminEndpoints.MapMetrics(endpoints, app.Services.GetRequiredService<MetricsPage>());
            AdminEndpoints.MapControl(endpoints, app.Services.GetRequiredService<DrainLifetime>(), app.Services.GetRequiredService<ConfigurationReloader<TOptions>>().Reload);
            StatusEndpoint.Map(endpoints, new StatusSource<TOptions>(sidecar, app.Services));
            sidecar.MapAdmin(endpoints);
        });
        var plain = new ApplicationBuilder(app.Services);
        plain.UseRouting();
        plain.UseEndpoints(endpoints => AdminEndpoints.MapHealth(endpoints, app.Services.GetRequiredService<HealthRegistry>()));
        var data = new ApplicationBuilder(app.Services);
        sidecar.ConfigureData(data);
        var (toAdmin, toPlain, toData) = (admin.Build(), plain.Build(), data.Build());
        return context => AdminConnection.IsOne(context) ? toAdmin(context) : AdminConnection.IsPlain(context) ? toPlain(context) : toData(context);
    }

    [LoggerMessage(1, LogLevel.Information, "{Name} {Version} started; admin on {Admin}; configuration: {File}")]
    private static partial void LogStarted(Microsoft.Extensions.Logging.ILogger log, string name, string version, string admin, string file);
}
