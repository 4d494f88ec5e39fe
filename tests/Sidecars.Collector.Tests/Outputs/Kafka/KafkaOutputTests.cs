using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Kafka;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Kafka;

/// <summary>Against librdkafka's mock cluster, over loopback; read back by a consumer.</summary>
public sealed class KafkaOutputTests : IDisposable
{
    private readonly MockCluster _cluster = new();
    private readonly TestRecords _records = new();

    public void Dispose()
    {
        _records.Dispose();
        _cluster.Dispose();
    }

    [Theory]
    [InlineData(KafkaCompression.None)]
    [InlineData(KafkaCompression.Gzip)]
    [InlineData(KafkaCompression.Zstd)]
    internal async Task WriteAsync_Records_ArriveOnceWithKeyAndFile(KafkaCompression compression)
    {
        var options = Options(options => options.Compression = compression);
        using var output = Create(options);
        var numbers = Enumerable.Range(0, 1000).Select(n => n.ToString("000000", CultureInfo.InvariantCulture)).ToArray();
        Assert.True((await output.WriteAsync(Batch(options, numbers), default)).IsAcknowledged);
        var messages = _cluster.Consume("logs", numbers.Length);
        Assert.Equal(numbers, messages.Select(Line).Order(StringComparer.Ordinal));
        Assert.Equal(numbers.Length, messages.Select(message => Encoding.UTF8.GetString(message.Message.Key)).Distinct().Count());
        Assert.All(messages, message => Assert.Equal(_records.Path, Encoding.UTF8.GetString(message.Message.Headers.GetLastBytes("file"))));
    }

    [Fact]
    public async Task WriteAsync_SameBatchAgain_HasTheSameKeys()
    {
        var options = Options();
        using var output = Create(options);
        Assert.True((await output.WriteAsync(Batch(options, "1"), default)).IsAcknowledged);
        Assert.True((await output.WriteAsync(Batch(options, "1"), default)).IsAcknowledged);
        Assert.Single(_cluster.Consume("logs", 2).Select(message => Encoding.UTF8.GetString(message.Message.Key)).Distinct());
    }

    [Fact]
    public async Task WriteAsync_KeyIsTheFile_KeepsTheOrder()
    {
        var options = Options(options => (options.Key, options.Encoding) = (KafkaKey.File, LineEncoding.Raw));
        using var output = Create(options);
        var numbers = Enumerable.Range(0, 500).Select(n => n.ToString("000000", CultureInfo.InvariantCulture)).ToArray();
        Assert.True((await output.WriteAsync(Batch(options, numbers), default)).IsAcknowledged);
        Assert.Equal(numbers, _cluster.Consume("logs", numbers.Length).Select(message => Encoding.UTF8.GetString(message.Message.Value)));
    }

    [Fact]
    public async Task WriteAsync_BrokersThatFailForAWhile_GetEveryRecordOnce()
    {
        _cluster.FailProducing(ErrorCode.NotEnoughReplicas, ErrorCode.RequestTimedOut, ErrorCode.NotLeaderForPartition);
        var options = Options();
        using var output = Create(options);
        Assert.True((await output.WriteAsync(Batch(options, "1", "2", "3"), default)).IsAcknowledged);
        Assert.Equal(["1", "2", "3"], _cluster.Consume("logs", 3).Select(Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WriteAsync_RecordTooLarge_IsRefusedAndTheOthersAreTaken()
    {
        var options = Options(options => options.Settings["message.max.bytes"] = "2000");
        using var output = Create(options);
        var delivery = await output.WriteAsync(Batch(options, "1", new string('x', 5000), "3"), default);
        Assert.Equal("too_large", delivery.Failure);
        var verdict = Assert.Single(delivery.Records!);
        Assert.Equal((1, true), (verdict.Index, verdict.IsRefused));
        Assert.Equal(["1", "3"], _cluster.Consume("logs", 2).Select(Line).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WriteAsync_NotAllowed_IsToBeTriedAgain()
    {
        // the topic must be known, as its first request would be another
        var options = Options(options => options.Key = KafkaKey.File);
        using var output = Create(options);
        Assert.True((await output.WriteAsync(Batch(options, "1"), default)).IsAcknowledged);
        _cluster.FailProducing(ErrorCode.TopicAuthorizationFailed);
        var delivery = await output.WriteAsync(Batch(options, "2"), default);
        Assert.Equal(("auth", false), (delivery.Failure, delivery.IsRefused));
        Assert.Null(delivery.Records);
        await Eventually.True(async () => (await output.WriteAsync(Batch(options, "2"), default)).IsAcknowledged, TimeSpan.FromSeconds(60));
        Assert.Equal(["1", "2"], _cluster.Consume("logs", 2).Select(Line));
    }

    [Fact]
    public async Task WriteAsync_NobodyThere_FailsInTime()
    {
        var options = Options(options => (options.Brokers, options.Timeout) = ([$"127.0.0.1:{FreePort.Next()}"], TimeSpan.FromSeconds(1)));
        using var output = Create(options);
        Assert.Equal("timeout", (await output.WriteAsync(Batch(options, "1"), default)).Failure);
    }

    [Fact]
    public async Task WriteAsync_SettingThatIsNone_IsToldInTheClientsWords()
    {
        var options = Options(options => options.Settings["no.such.setting"] = "1");
        using var output = Create(options);
        var delivery = await output.WriteAsync(Batch(options, "1"), default);
        Assert.Equal("client", delivery.Failure);
        Assert.Contains("no.such.setting", delivery.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_Mistakes_AreAllFound()
    {
        var problems = new ProblemList();
        var options = Options(options =>
        {
            (options.Brokers, options.Topic) = (["udp://a:1"], "no topic");
            options.Settings["acks"] = "0";
        });
        KafkaValidation.Check(options, "kafka", problems);
        Assert.Equal(["kafka.brokers[0]", "kafka.settings.acks", "kafka.topic"], problems.Problems.Select(problem => problem.KeyPath).Order(StringComparer.Ordinal));
    }

    private static string Line(ConsumeResult<byte[], byte[]> message) =>
        JsonDocument.Parse(message.Message.Value).RootElement.GetProperty("line").GetString()!;

    private static KafkaOutput Create(KafkaOutputOptions options) => new("kafka", options, NullLogger.Instance);

    private KafkaOutputOptions Options(Action<KafkaOutputOptions>? change = null)
    {
        var options = new KafkaOutputOptions { Brokers = _cluster.Brokers, Topic = "logs", Timeout = TimeSpan.FromMinutes(1) };
        change?.Invoke(options);
        return options;
    }

    private Batch Batch(KafkaOutputOptions options, params string[] lines)
    {
        var offset = 0;
        var records = lines.Select(line =>
        {
            var record = _records.Create(line);
            record.Offset = offset;
            offset += line.Length + 1;
            return record;
        });
        var format = new KafkaFormat(options, options.Encoding == LineEncoding.Json ? new JsonRecordFormat() : null, new RecordId("pod"));
        return Batches.Of(format, [.. records]);
    }
}
