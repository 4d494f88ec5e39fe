using Confluent.Kafka;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Kafka;

/// <summary>
/// A topic of a Kafka cluster, by librdkafka: acks=all, idempotent, a report on each record. A batch is handed over as a whole; records
/// that the cluster took are not sent again, those it never takes are told one by one. A client that met a fatal error is replaced.
/// </summary>
internal sealed partial class KafkaOutput(string name, KafkaOutputOptions options, ILogger log) : Output(name)
{
    private const string FileHeader = "file";

    private IProducer<byte[], byte[]>? _producer;

    public static OutputParts Create(string name, KafkaOutputOptions options, RecordFormat? value, OutputContext context) =>
        new(new KafkaOutput(name, options, context.Log), new KafkaFormat(options, value, RecordId.FromEnvironment(context.Environment)));

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        try
        {
            _producer ??= Build();
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or DllNotFoundException)
        {
            return Delivery.Failed("client", exception.Message);
        }

        var reports = new KafkaBatch();
        Produce(_producer, batch.Payload, reports);
        reports.Close();
        try
        {
            await reports.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Dispose();
            throw;
        }

        if (reports.IsFatal)
        {
            Dispose();
        }

        return reports.Verdict();
    }

    public override void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private IProducer<byte[], byte[]> Build() => new ProducerBuilder<byte[], byte[]>(KafkaSettings.Of(options))
        .SetErrorHandler((_, error) => LogTrouble(Name, error.Reason))
        .SetLogHandler((_, message) => LogMessage(Name, message.Message))
        .Build();

    private void Produce(IProducer<byte[], byte[]> producer, ReadOnlyMemory<byte> payload, KafkaBatch reports)
    {
        while (KafkaFormat.TryRead(ref payload, out var record))
        {
            var index = reports.Add();
            var message = new Message<byte[], byte[]>
            {
                Key = record.Key.ToArray(),
                Value = record.Value.ToArray(),
                Headers = new Headers { { FileHeader, record.File.ToArray() } },
            };
            try
            {
                producer.Produce(options.Topic, message, report => reports.Report(index, report.Error));
            }
            catch (KafkaException exception)
            {
                // not handed over at all: too large for the client, or its own limits
                reports.Report(index, exception.Error);
            }
        }
    }

    [LoggerMessage(1250, LogLevel.Debug, "{Output}: {Message}")]
    private partial void LogTrouble(string output, string message);

    [LoggerMessage(1251, LogLevel.Debug, "{Output}: {Message}")]
    private partial void LogMessage(string output, string message);
}
