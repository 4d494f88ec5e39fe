using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Elasticsearch;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Collector.Outputs.Loki;
using Sidecars.Collector.Outputs.Otlp;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs;

/// <summary>Makes outputs of options: one arm for each kind.</summary>
internal sealed class OutputFactory(CollectorMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private readonly Lock _stdout = new();

    /// <summary>The output for checked options.</summary>
    public OutputParts Create(OutputOptions options)
    {
        var name = options.EffectiveName();
        var context = new OutputContext(time, loggers.CreateLogger<Output>(), metrics.Of(name));
        return options switch
        {
            { Stdout: { } stdout } => new(new StdoutOutput(name, _stdout), FormatOf(stdout.Encoding)),
            { File: { } file } => new(FileOutput.Create(name, file, context), FormatOf(file.Encoding)),
            { Http: { } http } => HttpOutput.Create(name, http, context),
            { Elasticsearch: { } elasticsearch } => ElasticsearchOutput.Create(name, elasticsearch, context),
            { Loki: { } loki } => LokiOutput.Create(name, loki, context),
            { Otlp: { } otlp } => OtlpOutput.Create(name, otlp, context),
            _ => CreateOther(name, options, context),
        };
    }

    private static OutputParts CreateOther(string name, OutputOptions options, OutputContext context) => options switch
    {
        { Syslog: { } syslog } => SocketOutputs.Create(name, syslog, context),
        { Forward: { } forward } => SocketOutputs.Create(name, forward, context),
        { Tcp: { } tcp } => SocketOutputs.Create(name, tcp, FormatOf(tcp.Encoding), context),
        { Unix: { } unix } => SocketOutputs.Create(name, unix, FormatOf(unix.Encoding), context),
#if KAFKA
        { Kafka: { } kafka } => Kafka.KafkaOutput.Create(name, kafka, FormatOf(kafka.Encoding), context),
#endif
        _ => throw new InvalidOperationException($"output '{name}' is of no kind"),
    };

    private static JsonRecordFormat? FormatOf(LineEncoding encoding) => encoding == LineEncoding.Json ? new JsonRecordFormat() : null;
}

/// <summary>An output and what goes to it.</summary>
/// <param name="Output">The output.</param>
/// <param name="Format">How records are written for it; null when it takes lines as they stand in the file.</param>
internal sealed record OutputParts(Output Output, RecordFormat? Format);
