using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>A batch is the body of one request; the receiver's status says what became of it (<see cref="HttpVerdict"/>).</summary>
internal sealed class HttpOutput(string name, HttpSender sender) : Output(name)
{
    public static OutputParts Create(string name, HttpOutputOptions options, OutputContext context)
    {
        var (format, type) = options.Encoding switch
        {
            HttpEncoding.Raw => (null, "text/plain"),
            HttpEncoding.JsonArray => (new JsonArrayFormat(), "application/json"),
            _ => (new JsonRecordFormat(), "application/x-ndjson"),
        };
        var target = HttpTarget.Of(options, new Uri(options.Url), type) with { Method = options.Method == HttpSendMethod.Put ? HttpMethod.Put : HttpMethod.Post };
        return new OutputParts(new HttpOutput(name, new HttpSender(target, context.Time, context.Log)), format);
    }

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken) =>
        HttpVerdict.Of(await sender.SendAsync(batch.Payload, cancellationToken).ConfigureAwait(false));

    public override void Dispose() => sender.Dispose();
}
