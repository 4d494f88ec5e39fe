using Sidecars.Adapter.Extraction;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Options;

/// <summary>
/// What <c>preset: nginx</c> stands for, as inputs that could be written by hand. The names of the connection metrics are those
/// of nginx's own exporter, so that its dashboards work; it calls counters <c>nginx_connections_accepted</c> and <c>_handled</c>,
/// and as counters end in <c>_total</c> they have no type here. Its <c>nginx_http_requests_total</c> is here the labelled counter
/// from the log; the page's own count is <c>nginx_stub_status_requests_total</c>.
/// </summary>
internal static class NginxPreset
{
    public const string LogInput = "nginx-access-log";
    public const string StatusInput = "nginx-status";

    private static readonly List<string> Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE"];

    /// <summary>The inputs of the preset, by name.</summary>
    public static IReadOnlyDictionary<string, InputOptions> Expand(NginxOptions nginx)
    {
        var inputs = new Dictionary<string, InputOptions>();
        if (nginx.Status != NginxOptions.Off)
        {
            inputs[StatusInput] = Status(nginx);
        }

        if (nginx.AccessLog != NginxOptions.Off)
        {
            inputs[LogInput] = AccessLog(nginx);
        }

        return inputs;
    }

    private static InputOptions Status(NginxOptions nginx) => new()
    {
        Http = nginx.Status,
        Format = "stub_status",
        Up = "nginx_up",
        Metrics =
        [
            new() { Gauge = "nginx_connections_active", Value = "active", Help = "Client connections, waiting ones included." },
            new() { Gauge = "nginx_connections_reading", Value = "reading", Help = "Connections whose request header nginx is reading." },
            new() { Gauge = "nginx_connections_writing", Value = "writing", Help = "Connections to which nginx is writing a response." },
            new() { Gauge = "nginx_connections_waiting", Value = "waiting", Help = "Idle client connections waiting for a request." },
            new() { Untyped = "nginx_connections_accepted", Value = "accepted", Help = "Accepted client connections since nginx started." },
            new() { Untyped = "nginx_connections_handled", Value = "handled", Help = "Handled client connections since nginx started." },
            new() { Counter = "nginx_stub_status_requests_total", Value = "requests", Help = "Client requests since nginx started, as its status page counts them." },
        ],
    };

    private static InputOptions AccessLog(NginxOptions nginx)
    {
        var input = new InputOptions { Tail = nginx.AccessLog, Format = nginx.LogFormat };
        if (!LogFormat.TryCompile(nginx.LogFormat, out var format, out _))
        {
            return input; // validation reports it
        }

        var extractor = new FormatExtractor(format);
        bool Has(string field) => extractor.IndexOf(field) >= 0;
        List<LabelOptions> Labels(params string[] fields) => [.. fields.Where(Has).Select(field => new LabelOptions(field, field))];

        var requests = new MetricOptions
        {
            Counter = "nginx_http_requests_total",
            Labels = Labels("method", "status"),
            Help = "Requests in the access log.",
        };
        if (Has("method"))
        {
            requests.Allow = new Dictionary<string, List<string>> { ["method"] = Methods };
        }

        input.Metrics.Add(requests);
        AddWhere("body_bytes_sent", new() { Counter = "nginx_http_response_bytes_total", Help = "Bytes of response bodies in the access log." });
        AddWhere("request_time", new() { Histogram = "nginx_http_request_duration_seconds", Labels = Labels("status"), Help = "Time from a request's first byte to its log line." });
        AddWhere("upstream_response_time", new() { Histogram = "nginx_http_upstream_duration_seconds", Help = "Time that upstreams took for a request, all attempts together." });
        return input;

        void AddWhere(string field, MetricOptions metric)
        {
            if (Has(field))
            {
                metric.Value = field;
                input.Metrics.Add(metric);
            }
        }
    }
}
