using System.Text.Json.Serialization.Metadata;
using Sidecars.Adapter.Explaining;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Probing;
using Sidecars.Adapter.Pushing;
using Sidecars.Adapter.RemoteWriting;
using Sidecars.Adapter.Showing;
using Sidecars.Adapter.Sources;
using Sidecars.Adapter.Trying;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;
using Sidecars.Common.Status;

namespace Sidecars.Adapter;

/// <summary>The adapter: what it is called, what it can be told, and what runs.</summary>
internal sealed class AdapterSidecar : Sidecar<AdapterOptions>
{
    public override SidecarIdentity Identity => new("adapter", "Turns what an application logs and shows into a Prometheus endpoint.", 9100);

    public override JsonTypeInfo<AdapterOptions> OptionsType => AdapterOptionsContext.Default.AdapterOptions;

    public override IReadOnlyList<Shortcut> Shortcuts =>
    [
        new("nginx-status", "ADAPTER_NGINX_STATUS", "nginx.status", "Address of nginx's stub_status page; off for none."),
        new("access-log", "ADAPTER_ACCESS_LOG", "nginx.access_log", "Path or pattern of nginx's access log; off for none."),
        new("log-format", "ADAPTER_LOG_FORMAT", "nginx.log_format", "nginx's log_format string, or combined or main."),
        new("state-directory", "ADAPTER_STATE_DIRECTORY", "state.directory", "Where counts are kept over a restart."),
    ];

    public override IReadOnlyList<ConfiguredCommand<AdapterOptions>> ConfiguredCommands => [ExplainCommand.Create(), TestCommand.Create()];

    public override void Validate(AdapterOptions options, ProblemList problems) => AdapterValidation.Validate(options, problems);

    public override void AddStatus(StatusBoard board, IServiceProvider services) => new AdapterStatus(
        services.GetRequiredService<SourceSet>(),
        services.GetRequiredService<SourceMetrics>(),
        services.GetRequiredService<ReceiverSet>(),
        services.GetRequiredService<MergeSet>(),
        services.GetRequiredService<LiveOptions<AdapterOptions>>()).AddTo(board);

    public override void AddServices(IServiceCollection services, AdapterOptions options)
    {
        services.AddSingleton<SourceMetrics>();
        services.AddSingleton<SourceSet>();
        services.AddSingleton<PushMetrics>();
        services.AddSingleton<ReceiverSet>();
        services.AddSingleton<MergeMetrics>();
        services.AddSingleton<MergeSet>();
        services.AddSingleton<ProbeMetrics>();
        services.AddSingleton<ProbeSet>();
        services.AddSingleton<AdapterHost>();
        services.AddHostedService<AdapterService>();
        services.AddSingleton<RemoteWriteMetrics>();
        services.AddSingleton<RemoteWriter>();
        services.AddHostedService<RemoteWriteService>();
    }

    public override void MapAdmin(IEndpointRouteBuilder admin)
    {
        PushEndpoint.Map(admin);
        ProbeEndpoint.Map(admin);
    }
}
