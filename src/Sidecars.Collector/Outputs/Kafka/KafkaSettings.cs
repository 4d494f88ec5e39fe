using Confluent.Kafka;
using Sidecars.Collector.Options;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Outputs.Kafka;

/// <summary>Options as settings of the client.</summary>
internal static class KafkaSettings
{
    public static ProducerConfig Of(KafkaOutputOptions options)
    {
        var config = new ProducerConfig(new Dictionary<string, string>(options.Settings))
        {
            BootstrapServers = string.Join(',', options.Brokers),
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageTimeoutMs = (int)options.Timeout.TotalMilliseconds,
            CompressionType = Compression(options.Compression),

            // what is in flight is bounded by the batch
            QueueBufferingMaxMessages = 0,
            SecurityProtocol = (options.Tls, options.Sasl) switch
            {
                (null, null) => SecurityProtocol.Plaintext,
                (null, _) => SecurityProtocol.SaslPlaintext,
                (_, null) => SecurityProtocol.Ssl,
                _ => SecurityProtocol.SaslSsl,
            },
        };
        if (options.Tls is { } tls)
        {
            Secure(config, tls);
        }

        if (options.Sasl is { } sasl)
        {
            config.SaslMechanism = sasl.Mechanism switch
            {
                KafkaSaslMechanism.Plain => SaslMechanism.Plain,
                KafkaSaslMechanism.ScramSha256 => SaslMechanism.ScramSha256,
                _ => SaslMechanism.ScramSha512,
            };
            config.SaslUsername = sasl.Username;
            config.SaslPassword = sasl.Password!.Reveal();
        }

        return config;
    }

    private static void Secure(ProducerConfig config, ClientTlsOptions tls)
    {
        config.SslCaLocation = tls.Ca ?? "probe";
        config.SslCertificateLocation = tls.Certificate;
        config.SslKeyLocation = tls.Key;
        config.EnableSslCertificateVerification = !tls.InsecureSkipVerify;
    }

    private static CompressionType Compression(KafkaCompression compression) => compression switch
    {
        KafkaCompression.Gzip => CompressionType.Gzip,
        KafkaCompression.Snappy => CompressionType.Snappy,
        KafkaCompression.Lz4 => CompressionType.Lz4,
        KafkaCompression.Zstd => CompressionType.Zstd,
        _ => CompressionType.None,
    };
}
