using System.Globalization;
using OpenTelemetry.Exporter;

namespace Sidecars.Ambassador.Tracing;

/// <summary>
/// Whether and where spans are exported, by the environment variables of the OpenTelemetry specification. Nobody is asked for
/// spans unless a variable names a receiver: this is a sidecar, and nothing stands at the specification's default address.
/// A variable for traces goes before the general one.
/// </summary>
internal static class TracingEnvironment
{
    private const string TracesPath = "/v1/traces";

    /// <summary>Reads them.</summary>
    /// <param name="environment">A variable's value, or null.</param>
    /// <param name="mistakes">What cannot be followed, one sentence each; then there are no spans.</param>
    /// <returns>Null where no spans are wanted.</returns>
    public static OtlpExporterOptions? Read(Func<string, string?> environment, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        mistakes = found;
        if (IsTurnedOff(environment) || !IsAsked(environment))
        {
            return null;
        }

        var options = new OtlpExporterOptions
        {
            Protocol = Protocol(environment, found),
            TimeoutMilliseconds = Timeout(environment, found),
            Headers = Variable(environment, "HEADERS"),
        };
        if (Endpoint(environment, options.Protocol, found) is { } endpoint)
        {
            options.Endpoint = endpoint;
        }

        return found.Count == 0 ? options : null;
    }

    private static bool IsTurnedOff(Func<string, string?> environment) =>
        string.Equals(Given(environment, "OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        || string.Equals(Given(environment, "OTEL_TRACES_EXPORTER"), "none", StringComparison.OrdinalIgnoreCase);

    private static bool IsAsked(Func<string, string?> environment) => Variable(environment, "ENDPOINT") is not null;

    /// <summary>The general endpoint is one for all signals and gets the path of this one, the endpoint for traces is taken as it is.</summary>
    private static Uri? Endpoint(Func<string, string?> environment, OtlpExportProtocol protocol, List<string> mistakes)
    {
        var own = Given(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        var general = Given(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
        var text = own ?? (protocol == OtlpExportProtocol.Grpc ? general! : general!.TrimEnd('/') + TracesPath);
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps))
        {
            return uri;
        }

        // its value may hold a password
        mistakes.Add($"{(own is null ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")} is no address such as http://collector:4318");
        return null;
    }

    private static OtlpExportProtocol Protocol(Func<string, string?> environment, List<string> mistakes)
    {
        switch (Variable(environment, "PROTOCOL"))
        {
            case null or "http/protobuf":
                return OtlpExportProtocol.HttpProtobuf;
            case "grpc":
                return OtlpExportProtocol.Grpc;
            case var other:
                mistakes.Add($"OTEL_EXPORTER_OTLP_PROTOCOL is '{other}'; allowed: http/protobuf, grpc");
                return OtlpExportProtocol.HttpProtobuf;
        }
    }

    private static int Timeout(Func<string, string?> environment, List<string> mistakes)
    {
        const int Standard = 10_000;
        if (Variable(environment, "TIMEOUT") is not { } text)
        {
            return Standard;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0)
        {
            return milliseconds;
        }

        mistakes.Add($"OTEL_EXPORTER_OTLP_TIMEOUT is '{text}'; it is a number of milliseconds, such as 10000");
        return Standard;
    }

    private static string? Variable(Func<string, string?> environment, string name) =>
        Given(environment, $"OTEL_EXPORTER_OTLP_TRACES_{name}") ?? Given(environment, $"OTEL_EXPORTER_OTLP_{name}");

    private static string? Given(Func<string, string?> environment, string name) => environment(name) is { Length: > 0 } value ? value : null;
}
