using OpenTelemetry.Exporter;
using Sidecars.Ambassador.Tracing;

namespace Sidecars.Ambassador.Tests.Tracing;

public sealed class TracingEnvironmentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("OTEL_SERVICE_NAME=a")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318;OTEL_SDK_DISABLED=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318;OTEL_TRACES_EXPORTER=none")]
    public void WithoutAReceiver_ThereIsNothing(string variables)
    {
        Assert.Null(Read(variables, out var mistakes));
        Assert.Empty(mistakes);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "http://c:4318/v1/traces", OtlpExportProtocol.HttpProtobuf)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318/otlp/", "http://c:4318/otlp/v1/traces", OtlpExportProtocol.HttpProtobuf)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c;OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://t/in", "http://t/in", OtlpExportProtocol.HttpProtobuf)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317;OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "http://c:4317/", OtlpExportProtocol.Grpc)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317;OTEL_EXPORTER_OTLP_PROTOCOL=grpc;OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf", "http://c:4317/v1/traces", OtlpExportProtocol.HttpProtobuf)]
    public void Endpoint_IsTheOneForTraces_OrTheGeneralOneWithTheirPath(string variables, string endpoint, OtlpExportProtocol protocol)
    {
        var options = Read(variables, out _)!;

        Assert.Equal((endpoint, protocol), (options.Endpoint.ToString(), options.Protocol));
    }

    [Fact]
    public void HeadersAndTimeout_ForTraces_GoBeforeTheGeneralOnes()
    {
        var options = Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://c;OTEL_EXPORTER_OTLP_HEADERS=a:1;OTEL_EXPORTER_OTLP_TRACES_HEADERS=b:2;OTEL_EXPORTER_OTLP_TIMEOUT=3;OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=4", out _)!;

        Assert.Equal(("b:2", 4), (options.Headers, options.TimeoutMilliseconds));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4318", "OTEL_EXPORTER_OTLP_ENDPOINT is no address")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c;OTEL_EXPORTER_OTLP_PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_PROTOCOL is 'http/json'; allowed: http/protobuf, grpc")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c;OTEL_EXPORTER_OTLP_TIMEOUT=10s", "OTEL_EXPORTER_OTLP_TIMEOUT is '10s'")]
    public void Mistake_IsSaid(string variables, string said)
    {
        Assert.Null(Read(variables, out var mistakes));
        Assert.StartsWith(said, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=user:hunter2@collector:4318")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=ftp://user:hunter2@collector/?token=hunter2")]
    public void MistakenEndpoint_IsNotQuoted(string variables)
    {
        Assert.Null(Read(variables, out var mistakes));
        Assert.DoesNotContain("hunter2", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    private static OtlpExporterOptions? Read(string variables, out IReadOnlyList<string> mistakes)
    {
        var all = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);
        return TracingEnvironment.Read(name => all.GetValueOrDefault(name), out mistakes);
    }
}
