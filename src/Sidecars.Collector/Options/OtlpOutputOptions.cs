using System.ComponentModel;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>A receiver of the OpenTelemetry protocol over HTTP (protobuf). What is not given comes from the OTEL_ environment variables.</summary>
internal sealed class OtlpOutputOptions : HttpTargetOptions
{
    [Description("The receiver's address; /v1/logs is added where there is no path. Default: OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, else OTEL_EXPORTER_OTLP_ENDPOINT with /v1/logs, else http://localhost:4318/v1/logs.")]
    public string? Url { get; set; }

    [Description("Attributes of the resource, over those from OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME and the pod's downward API variables. Default: none.")]
    public Dictionary<string, string> Resource { get; set; } = [];

    public void Check(string key, ProblemList problems, Func<string, string?> environment)
    {
        var effective = OtlpEnvironment.Apply(this, environment, out var mistakes);
        foreach (var mistake in mistakes)
        {
            problems.Add(key, mistake);
        }

        HttpTargetValidation.CheckUrl(effective.Url!, Url is null ? key : $"{key}.url", this, problems);
        HttpTargetValidation.Check(this, key, problems);
    }
}
