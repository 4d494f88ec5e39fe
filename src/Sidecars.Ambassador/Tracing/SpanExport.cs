using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sidecars.Common.Hosting;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Logging;

namespace Sidecars.Ambassador.Tracing;

/// <summary>
/// The way of the spans from here to the receiver, where the environment names one; else nothing is made at all. Sampling
/// (<c>OTEL_TRACES_SAMPLER</c>), limits and batches (<c>OTEL_BSP_*</c>) are the library's, by its variables.
/// </summary>
internal sealed partial class SpanExport : IHostedService, IDisposable
{
    private const string Name = "Sidecars.Ambassador";

    /// <summary>How long the last spans may take; the drain's own deadline may end it sooner.</summary>
    private static readonly TimeSpan LastExport = TimeSpan.FromSeconds(5);

    private readonly DrainSequence _drain;
    private readonly ILogger<SpanExport> _logger;
    private readonly OtlpExporterOptions? _options;
    private readonly IReadOnlyList<string> _mistakes;
    private readonly TracerProvider? _provider;

    public SpanExport(SidecarIdentity identity, SpanMetrics metrics, DrainSequence drain, ILogger<SpanExport> logger, ILogger<SpanExporter> exporting)
    {
        (_drain, _logger) = (drain, logger);
        _options = TracingEnvironment.Read(Environment.GetEnvironmentVariable, out _mistakes);
        if (_options is null)
        {
            return;
        }

        var batches = new BatchExportActivityProcessorOptions();
        var room = new SpanRoom(batches.MaxQueueSize);
        Source = new ActivitySource(Name);
        _provider = Sdk.CreateTracerProviderBuilder()
            .AddSource(Name)
            .SetResourceBuilder(ResourceBuilder.CreateEmpty()
                .AddService(identity.Name, autoGenerateServiceInstanceId: false)
                .AddTelemetrySdk()
                .AddEnvironmentVariableDetector())
            .AddProcessor(new SpanQueue(new SpanExporter(_options, room, metrics, exporting), batches, room, metrics))
            .Build();
    }

    /// <summary>Makes the spans; null where nobody is to get them.</summary>
    public ActivitySource? Source { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var mistake in _mistakes)
        {
            Mistaken(_logger, mistake);
        }

        if (_options is not null)
        {
            _drain.Add("export spans", LastAsync);
            Exporting(_logger, ShownAddress.Of(_options.Endpoint), _options.Protocol);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        Source?.Dispose();
        _provider?.Dispose();
    }

    /// <summary>The library waits with the thread that asks it: a thread of its own, the deadline may come first.</summary>
    private async Task<string> LastAsync(CancellationToken deadline)
    {
        var isDone = await Task.Run(() => _provider!.Shutdown((int)LastExport.TotalMilliseconds), deadline).WaitAsync(deadline);
        return isDone ? "all were sent" : "not all could be sent";
    }

    [LoggerMessage(2403, LogLevel.Information, "Spans are exported to {Endpoint} by {Protocol}")]
    private static partial void Exporting(ILogger logger, string endpoint, OtlpExportProtocol protocol);

    [LoggerMessage(2404, LogLevel.Warning, "There will be no spans: {Mistake}")]
    private static partial void Mistaken(ILogger logger, string mistake);
}
