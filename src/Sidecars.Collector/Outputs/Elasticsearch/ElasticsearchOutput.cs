using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Elasticsearch;

/// <summary>Sends batches to the bulk interface of Elasticsearch or OpenSearch, which answers for each document.</summary>
internal sealed class ElasticsearchOutput(string name, HttpSender sender) : Output(name)
{
    private const string DefaultIndex = "logs-{yyyy.MM.dd}";

    // an answer is about 100 bytes a document, and some hundred where there is an error
    private const int MostReplyBytes = 64 * 1024 * 1024;

    public static OutputParts Create(string name, ElasticsearchOutputOptions options, OutputContext context)
    {
        var pipeline = options.Pipeline is { } given ? $"&pipeline={Uri.EscapeDataString(given)}" : "";
        var url = new Uri($"{options.Url.TrimEnd('/')}/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason{pipeline}");
        var target = HttpTarget.Of(options, url, "application/x-ndjson") with { MostReplyBytes = MostReplyBytes };
        var index = IndexName.Parse(options.DataStream ?? options.Index ?? DefaultIndex);
        return new OutputParts(new ElasticsearchOutput(name, new HttpSender(target, context.Time, context.Log)), new BulkFormat(index, RecordId.FromEnvironment(context.Environment)));
    }

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var reply = await sender.SendAsync(batch.Payload, cancellationToken).ConfigureAwait(false);
        return reply.IsSuccess ? BulkReply.Verdict(reply, batch.Records) : HttpVerdict.Of(reply);
    }

    public override void Dispose() => sender.Dispose();
}
