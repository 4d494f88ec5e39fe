using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Otlp;

/// <summary>
/// Sends batches over OTLP/HTTP. A partial success is a success: the protocol forbids to send such a batch again, and does not say
/// which records were left out; so they are counted and told.
/// </summary>
internal sealed partial class OtlpOutput(string name, HttpSender sender, OutputContext context) : Output(name)
{
    private string _told = "";

    public static OutputParts Create(string name, OtlpOutputOptions options, OutputContext context)
    {
        var effective = OtlpEnvironment.Apply(options, context.Environment, out _);
        var target = HttpTarget.Of(effective, new Uri(effective.Url!), "application/x-protobuf");
        return new OutputParts(
            new OtlpOutput(name, new HttpSender(target, context.Time, context.Log), context),
            new OtlpFormat(effective.Resource, RecordId.FromEnvironment(context.Environment)));
    }

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var reply = await sender.SendAsync(batch.Payload, cancellationToken).ConfigureAwait(false);
        if (reply.IsSuccess && !reply.Body.IsEmpty)
        {
            Tell(OtlpReply.Read(reply.Body.Span));
        }

        return HttpVerdict.Of(reply);
    }

    public override void Dispose() => sender.Dispose();

    private void Tell(in OtlpReply reply)
    {
        if (reply.Rejected > 0)
        {
            context.Metrics.RejectedByReceiver(reply.Rejected);
        }

        if (reply.Message is { Length: > 0 } message && message != _told)
        {
            _told = message;
            LogPartialSuccess(context.Log, Name, reply.Rejected, message);
        }
    }

    [LoggerMessage(341, LogLevel.Warning, "The receiver of {Output} took a batch, but left {Records} records out: {Reason}")]
    private static partial void LogPartialSuccess(ILogger log, string output, long records, string reason);
}
