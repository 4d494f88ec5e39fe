using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Sidecars.Collector.Tests.Outputs.Kafka;

/// <summary>librdkafka's own mock cluster: brokers on loopback that speak the protocol and answer with errors when told to.</summary>
internal sealed unsafe class MockCluster : IDisposable
{
    private readonly IProducer<byte[], byte[]> _owner;
    private readonly nint _library;
    private readonly nint _handle;

    public MockCluster()
    {
        var config = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        config.Set("test.mock.num.brokers", "3");
        _owner = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var client = (SafeHandle)typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_owner.Handle)!;
        _library = NativeLibrary.Load(LoadedLibrary());
        _handle = MockOf(client.DangerousGetHandle());
        using var admin = new DependentAdminClientBuilder(_owner.Handle).Build();
        Brokers = [.. admin.GetMetadata(TimeSpan.FromSeconds(60)).Brokers.Select(broker => $"{broker.Host}:{broker.Port}")];
    }

    public List<string> Brokers { get; }

    /// <summary>The next requests to produce are answered with these errors, one each.</summary>
    public void FailProducing(params ErrorCode[] errors)
    {
        const short produce = 0;
        PushErrors(produce, [.. errors.Select(error => (int)error)]);
    }

    /// <summary>Everything in a topic.</summary>
    public List<ConsumeResult<byte[], byte[]>> Consume(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = string.Join(',', Brokers),
            GroupId = Guid.NewGuid().ToString(),
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
        }).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Partitions(topic).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        var ends = Partitions(topic).Count;
        var consumed = new List<ConsumeResult<byte[], byte[]>>();
        while (ends > 0 || consumed.Count < count)
        {
            var result = consumer.Consume(TimeSpan.FromSeconds(60)) ?? throw new TimeoutException($"{consumed.Count} of {count} messages");
            if (result.IsPartitionEOF)
            {
                ends--;
            }
            else
            {
                consumed.Add(result);
            }
        }

        return consumed;
    }

    public void Dispose() => _owner.Dispose();

    private List<int> Partitions(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_owner.Handle).Build();
        return [.. admin.GetMetadata(topic, TimeSpan.FromSeconds(60)).Topics.Single().Partitions.Select(partition => partition.PartitionId)];
    }

    /// <summary>The client comes in several builds and takes the first that the system can load; this is the one it took.</summary>
    private static string LoadedLibrary() =>
        File.ReadLines("/proc/self/maps").First(line => line.Contains("librdkafka", StringComparison.Ordinal)).Split(' ')[^1];

    private nint MockOf(nint client) =>
        ((delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(_library, "rd_kafka_handle_mock_cluster"))(client);

    private void PushErrors(short request, int[] errors)
    {
        var push = (delegate* unmanaged<nint, short, nuint, int*, void>)NativeLibrary.GetExport(_library, "rd_kafka_mock_push_request_errors_array");
        fixed (int* first = errors)
        {
            push(_handle, request, (nuint)errors.Length, first);
        }
    }
}
