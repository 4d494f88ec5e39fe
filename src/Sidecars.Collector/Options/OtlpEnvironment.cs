using System.Globalization;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>
/// The environment variables of the OpenTelemetry protocol exporter and SDK specifications, as defaults for what the configuration
/// leaves out. A variable for logs goes before the general one.
/// </summary>
internal static class OtlpEnvironment
{
    private const string DefaultEndpoint = "http://localhost:4318";
    private const string LogsPath = "/v1/logs";

    // what the samples of the Kubernetes documentation and of operators call them
    private static readonly (string Variable, string Attribute)[] DownwardApi =
    [
        ("POD_NAME", "k8s.pod.name"),
        ("POD_NAMESPACE", "k8s.namespace.name"),
        ("POD_UID", "k8s.pod.uid"),
        ("POD_IP", "k8s.pod.ip"),
        ("NODE_NAME", "k8s.node.name"),
        ("CONTAINER_NAME", "k8s.container.name"),
    ];

    /// <summary>The options with what the environment adds; mistakes are about variables.</summary>
    public static OtlpOutputOptions Apply(OtlpOutputOptions options, Func<string, string?> environment, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        mistakes = found;
        var tls = options.Tls ?? Tls(environment);
        var url = options.Url is { } given ? WithPath(given) : Endpoint(environment, found);
        return new OtlpOutputOptions
        {
            Url = url,
            Resource = Resource(options, environment, found),
            Headers = Headers(options, environment, found),
            Basic = options.Basic,
            Bearer = options.Bearer,
            Compression = options.Compression ?? Compression(environment, found),
            CompressionLevel = options.CompressionLevel,
            ConnectTimeout = options.ConnectTimeout,
            RequestTimeout = options.RequestTimeout ?? Timeout(environment, found),
            Tls = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? tls : options.Tls,
        };
    }

    private static string Endpoint(Func<string, string?> environment, List<string> mistakes)
    {
        if (Variable(environment, "PROTOCOL") is { } protocol && protocol != "http/protobuf")
        {
            mistakes.Add($"OTEL_EXPORTER_OTLP_PROTOCOL is '{protocol}', but this output speaks http/protobuf; give 'url' with the receiver's HTTP port, 4318 as a rule");
        }

        return Given(environment, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT")
            ?? (Given(environment, "OTEL_EXPORTER_OTLP_ENDPOINT") ?? DefaultEndpoint).TrimEnd('/') + LogsPath;
    }

    private static string WithPath(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.AbsolutePath == "/" ? url.TrimEnd('/') + LogsPath : url;

    private static Dictionary<string, string> Resource(OtlpOutputOptions options, Func<string, string?> environment, List<string> mistakes)
    {
        var resource = new Dictionary<string, string> { ["service.name"] = "unknown_service:collector" };
        foreach (var (variable, attribute) in DownwardApi)
        {
            if (Given(environment, variable) is { } value)
            {
                resource[attribute] = value;
            }
        }

        foreach (var (name, value) in Pairs(environment, "OTEL_RESOURCE_ATTRIBUTES", mistakes))
        {
            resource[name] = value;
        }

        if (Given(environment, "OTEL_SERVICE_NAME") is { } service)
        {
            resource["service.name"] = service;
        }

        foreach (var (name, value) in options.Resource)
        {
            resource[name] = value;
        }

        return resource;
    }

    private static Dictionary<string, Secret> Headers(OtlpOutputOptions options, Func<string, string?> environment, List<string> mistakes)
    {
        var headers = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in new[] { "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_LOGS_HEADERS" })
        {
            foreach (var (name, value) in Pairs(environment, variable, mistakes))
            {
                headers[name] = new Secret(value);
            }
        }

        foreach (var (name, value) in options.Headers)
        {
            headers[name] = value;
        }

        // the configuration's own credentials go before those of the environment
        if (options.Basic is not null || options.Bearer is not null)
        {
            headers.Remove("Authorization");
        }

        return headers;
    }

    private static Compression? Compression(Func<string, string?> environment, List<string> mistakes)
    {
        switch (Variable(environment, "COMPRESSION"))
        {
            case "gzip":
                return Options.Compression.Gzip;
            case null or "none":
                return null;
            case var other:
                mistakes.Add($"OTEL_EXPORTER_OTLP_COMPRESSION is '{other}'; allowed: gzip, none");
                return null;
        }
    }

    private static TimeSpan? Timeout(Func<string, string?> environment, List<string> mistakes)
    {
        if (Variable(environment, "TIMEOUT") is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        mistakes.Add($"OTEL_EXPORTER_OTLP_TIMEOUT is '{text}'; it is a number of milliseconds, such as 10000");
        return null;
    }

    private static ClientTlsOptions? Tls(Func<string, string?> environment)
    {
        var tls = new ClientTlsOptions
        {
            Ca = Variable(environment, "CERTIFICATE"),
            Certificate = Variable(environment, "CLIENT_CERTIFICATE"),
            Key = Variable(environment, "CLIENT_KEY"),
        };
        return (tls.Ca ?? tls.Certificate ?? tls.Key) is null ? null : tls;
    }

    /// <summary>Names and values in the form of W3C Baggage: <c>a=1,b=two%20words</c>.</summary>
    private static IEnumerable<(string Name, string Value)> Pairs(Func<string, string?> environment, string variable, List<string> mistakes)
    {
        foreach (var pair in (Given(environment, variable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                yield return (Uri.UnescapeDataString(pair[..equals].Trim()), Uri.UnescapeDataString(pair[(equals + 1)..].Trim()));
            }
            else
            {
                mistakes.Add($"{variable} has an entry without a name and '='; write name=value, with commas between");
            }
        }
    }

    private static string? Variable(Func<string, string?> environment, string name) =>
        Given(environment, $"OTEL_EXPORTER_OTLP_LOGS_{name}") ?? Given(environment, $"OTEL_EXPORTER_OTLP_{name}");

    private static string? Given(Func<string, string?> environment, string name) => environment(name) is { Length: > 0 } value ? value : null;
}
