using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Sidecars.Collector.Cat;
using Sidecars.Collector.Explaining;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Showing;
using Sidecars.Collector.Tapping;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;
using Sidecars.Common.Status;
using Sidecars.Common.Tapping;

namespace Sidecars.Collector;

/// <summary>The collector: follows log files and delivers every line, once acknowledged, to where logs belong.</summary>
internal sealed class CollectorSidecar : Sidecar<CollectorOptions>
{
    public override SidecarIdentity Identity => new("collector", "Follows log files and delivers every line.", 9101);

    public override JsonTypeInfo<CollectorOptions> OptionsType => CollectorOptionsContext.Default.CollectorOptions;

    public override IReadOnlyList<Shortcut> Shortcuts =>
    [
        new("paths", "COLLECTOR_PATHS", "inputs[0].paths", "The files to follow, with commas between."),
        new("file", "COLLECTOR_FILE", "file", "One more output: a file that every line is appended to."),
        new("state", "COLLECTOR_STATE", "state.directory", "Where the cursors are kept."),
    ];

    // standard output carries the application's lines
    public override bool LogsToStandardError => true;

    public override IReadOnlyList<Command> Commands => [CatCommand.Create()];

    public override IReadOnlyList<ConfiguredCommand<CollectorOptions>> ConfiguredCommands =>
    [
        ExplainCommand.Create(),
        Tap.Command<CollectorOptions>("the records", "output", "The output whose records are shown. Default: the first."),
    ];

    public override void Validate(CollectorOptions options, ProblemList problems) => CollectorValidation.Check(options, problems);

    public override void AddServices(IServiceCollection services, CollectorOptions options)
    {
        services.AddSingleton<CollectorMetrics>();
        services.AddSingleton(provider => new PipelineLog(provider.GetRequiredService<ILogger<LogPipeline>>()));
        services.AddSingleton<PipelineFactory>();
        services.AddSingleton<CollectorLife>();
        services.AddSingleton<TapPoint<TappedBatch>>();
        services.AddSingleton<CollectorService>();
        services.AddHostedService(provider => provider.GetRequiredService<CollectorService>());
    }

    public override void AddStatus(StatusBoard board, IServiceProvider services) => new CollectorStatus(
        services.GetRequiredService<CollectorService>(),
        services.GetRequiredService<CollectorMetrics>(),
        services.GetRequiredService<LiveOptions<CollectorOptions>>()).AddTo(board);

    public override void MapAdmin(IEndpointRouteBuilder admin)
    {
        var options = admin.ServiceProvider.GetRequiredService<LiveOptions<CollectorOptions>>();
        var time = admin.ServiceProvider.GetRequiredService<TimeProvider>();
        admin.MapTap(new Tap<TappedBatch>(admin.ServiceProvider.GetRequiredService<TapPoint<TappedBatch>>())
        {
            Topic = "output",
            Topics = () => options.Current.AllOutputs().Select(output => output.EffectiveName()),
            IsOneTopic = true,
            Format = where => new RecordTapFormat(where, time),
        });
    }
}
