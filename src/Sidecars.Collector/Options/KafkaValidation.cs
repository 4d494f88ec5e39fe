using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>Mistakes in a kafka output that types and ranges cannot say.</summary>
internal static class KafkaValidation
{
    private static readonly string[] Ours =
    [
        "acks", "request.required.acks", "enable.idempotence", "bootstrap.servers", "metadata.broker.list", "message.timeout.ms", "delivery.timeout.ms", "delivery.report.only.error",
    ];

    /// <summary>Whether this build has Kafka.</summary>
    public static bool IsBuiltIn =>
#if KAFKA
        true;
#else
        false;
#endif

    public static void Check(KafkaOutputOptions kafka, string key, ProblemList problems)
    {
        if (!IsBuiltIn)
        {
            problems.Add(key, "this build has no Kafka; take the image of Dockerfile.collector-kafka (dotnet publish -p:Kafka=true)");
        }

        CheckBrokers(kafka, key, problems);
        if (kafka.Topic.Length is 0 or > 249 || kafka.Topic is "." or ".." || !kafka.Topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            problems.Add(key + ".topic", $"'{kafka.Topic}' is no topic; use 1 to 249 letters, digits, '.', '_' and '-'");
        }

        foreach (var name in kafka.Settings.Keys.Intersect(Ours))
        {
            problems.Add($"{key}.settings.{name}", "delivery rests on this setting, or a key of its own has it; leave it out");
        }

        if (kafka.Tls is { } tls)
        {
            CheckTls(tls, key + ".tls", problems);
        }
    }

    private static void CheckBrokers(KafkaOutputOptions kafka, string key, ProblemList problems)
    {
        if (kafka.Brokers.Count == 0)
        {
            problems.Add(key + ".brokers", "at least one broker is needed, such as kafka.example.org:9092");
        }

        for (var i = 0; i < kafka.Brokers.Count; i++)
        {
            if (!ReceiverAddress.TryParse(kafka.Brokers[i], out var address) || address!.Text.Contains("//", StringComparison.Ordinal) || address.Transport != Transport.Tcp)
            {
                problems.Add($"{key}.brokers[{i}]", $"'{kafka.Brokers[i]}' is no broker's address; write host:port");
            }
        }
    }

    private static void CheckTls(ClientTlsOptions tls, string key, ProblemList problems)
    {
        foreach (var (part, message) in tls.Problems())
        {
            problems.Add($"{key}.{part}", message);
        }

        if (tls.ServerName is not null)
        {
            problems.Add(key + ".server_name", "each broker has a name of its own, and its certificate must be for that; leave the key out");
        }
    }
}
