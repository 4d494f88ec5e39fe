using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Drain;
using Sidecars.Ambassador.Explaining;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Showing;
using Sidecars.Ambassador.Tapping;
using Sidecars.Ambassador.Tcp;
using Sidecars.Ambassador.Tracing;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;
using Sidecars.Common.Status;
using Sidecars.Common.Tapping;
using Yarp.ReverseProxy;

namespace Sidecars.Ambassador;

/// <summary>The table of contents.</summary>
internal sealed class AmbassadorSidecar : Sidecar<AmbassadorOptions>
{
    private const int AdminPort = 9102;

    public override SidecarIdentity Identity { get; } = new(
        "ambassador", "A proxy on localhost that makes remote services look local, safe and observable.", AdminPort);

    public override JsonTypeInfo<AmbassadorOptions> OptionsType => AmbassadorOptionsContext.Default.AmbassadorOptions;

    public override IReadOnlyList<Shortcut> Shortcuts =>
    [
        new("upstream", "AMBASSADOR_UPSTREAM", "upstream", "One remote service: http://host:port, https://host:port or tcp://host:port."),
        new("listen", "AMBASSADOR_LISTEN", "listen", "Where that service is found locally; default 127.0.0.1:8080."),
        new("access-log", "AMBASSADOR_ACCESS_LOG", "access_log", "Which HTTP requests are logged: errors, all or off."),
    ];

    public override IReadOnlyList<ConfiguredCommand<AmbassadorOptions>> ConfiguredCommands =>
    [
        ExplainCommand.Create(),
        Tap.Command<AmbassadorOptions>("finished HTTP requests", "service", "The service whose requests are shown. Default: all of them."),
    ];

    public override void Validate(AmbassadorOptions options, ProblemList problems) =>
        new AmbassadorValidator(problems, AdminOf(options)).Check(options);

    public override void AddServices(IServiceCollection services, AmbassadorOptions options)
    {
        services.AddSingleton(new OwnAdminPort(AdminOf(options)));
        services.AddDiscovery(options.Dns);
        services.AddHttpServices(options.AllServices());
        services.AddTcpServices();
        services.AddDrain();
        services.AddTracing();
        services.AddSingleton<TapPoint<TappedRequest>>();
        services.AddHostedService<LiveServices>();
    }

    public override void AddStatus(StatusBoard board, IServiceProvider services)
    {
        var options = services.GetRequiredService<LiveOptions<AmbassadorOptions>>();
        new HttpStatus(options, services.GetRequiredService<HttpListeners>(), services.GetRequiredService<IProxyStateLookup>()).AddTo(board);
        new TcpStatus(options, services.GetRequiredService<TcpListeners>(), services.GetRequiredService<TimeProvider>()).AddTo(board);
    }

    public override void MapAdmin(IEndpointRouteBuilder admin)
    {
        admin.MapCachePurge();
        var options = admin.ServiceProvider.GetRequiredService<LiveOptions<AmbassadorOptions>>();
        admin.MapTap(new Tap<TappedRequest>(admin.ServiceProvider.GetRequiredService<TapPoint<TappedRequest>>())
        {
            Topic = "service",
            Topics = () => options.Current.AllServices().Where(service => service.Http is not null).Select(service => service.Name),
            Fields = RequestFields.Names,
            Format = where => new RequestTapFormat(where),
        });
    }

    public override void ConfigureKestrel(KestrelServerOptions kestrel, IServiceProvider services) =>
        services.GetRequiredService<HttpListeners>().Attach(kestrel);

    public override void ConfigureData(IApplicationBuilder app) => app.UseHttpServices();

    private static ListenAddress AdminOf(AmbassadorOptions options) => options.Admin.Listen ?? ListenAddress.AnyIP(AdminPort);
}
