using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>Pushes batches to Loki.</summary>
internal sealed class LokiOutput(string name, HttpSender sender, LokiFormat format) : Output(name)
{
    private const string PushPath = "/loki/api/v1/push";

    public static OutputParts Create(string name, LokiOutputOptions options, OutputContext context)
    {
        var given = new Uri(options.Url);
        var url = given.AbsolutePath == "/" ? new Uri(given, PushPath) : given;
        var isJson = options.Protocol == LokiProtocol.Json;
        var target = HttpTarget.Of(options, url, isJson ? "application/json" : "application/x-protobuf");
        if (options.Tenant is { } tenant)
        {
            target = target with { Headers = [.. target.Headers, new("X-Scope-OrgID", new Secret(tenant))] };
        }

        var streams = new LokiStreams(options, context.Metrics.LabelsOverflowed);
        LokiFormat format = isJson ? new LokiJsonFormat(options, streams) : new LokiProtobufFormat(options, streams);
        return new OutputParts(new LokiOutput(name, new HttpSender(target, context.Time, context.Log), format), format);
    }

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken) =>
        LokiReply.Verdict(await sender.SendAsync(batch.Payload, cancellationToken).ConfigureAwait(false), format.Entries);

    public override void Dispose() => sender.Dispose();
}
