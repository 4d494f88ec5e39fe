using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sidecars.Common.Configuration;
using Sidecars.Common.Hosting;
using Sidecars.Common.Lifecycle;

namespace Sidecars.Sample;

/// <summary>The least sidecar there can be, for tests of what all share.</summary>
internal sealed class SampleSidecar : Sidecar<SampleOptions>
{
    public override SidecarIdentity Identity => new("sample", "Does nothing, as a sidecar would.", 9199);

    public override JsonTypeInfo<SampleOptions> OptionsType => SampleOptionsContext.Default.SampleOptions;

    public override IReadOnlyList<Shortcut> Shortcuts =>
    [
        new("paths", "SAMPLE_PATHS", "targets[0].paths", "Paths of the first target."),
        new("name", "SAMPLE_NAME", "targets[0].name", "Name of the first target."),
    ];

    public override void Validate(SampleOptions options, ProblemList problems)
    {
        for (var i = 0; i < options.Targets.Count; i++)
        {
            if (options.Targets[i].Paths.Count == 0)
            {
                problems.Add($"targets[{i}].paths", "at least one path is needed");
            }
        }
    }

    public override void AddServices(IServiceCollection services, SampleOptions options) => services.AddHostedService<SampleWorker>();

    public override void ConfigureKestrel(KestrelServerOptions kestrel, IServiceProvider services)
    {
        if (services.GetRequiredService<LiveOptions<SampleOptions>>().Current.Data is { } data)
        {
            kestrel.Listen(data.EndPoint);
        }
    }

    public override void ConfigureData(IApplicationBuilder app) => app.Run(c => c.Response.WriteAsync("data\n"));
}

/// <summary>Writes what it does to the sample's log.</summary>
internal sealed partial class SampleWorker(LiveOptions<SampleOptions> options, DrainSequence drain, TimeProvider time, ILogger<SampleWorker> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        options.OnChange(o => LogTargets(string.Join(',', o.Targets.Select(t => t.Name))));
        drain.Add("wait", async token =>
        {
            await Task.Delay(options.Current.DrainTime, time, token);
            return "waited";
        });
        drain.Add("last", _ => Task.FromResult("done"));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information, "targets now {Targets}")]
    private partial void LogTargets(string targets);
}
