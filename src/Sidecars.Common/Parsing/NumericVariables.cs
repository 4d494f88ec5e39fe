namespace Sidecars.Common.Parsing;

/// <summary>The variables of web servers whose values are numbers.</summary>
internal static class NumericVariables
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "status", "body_bytes_sent", "bytes_sent", "bytes_received", "request_time", "request_length", "session_time", "msec", "pid",
        "tid", "connection", "connection_requests", "connection_time", "connections_active", "connections_reading",
        "connections_waiting", "connections_writing", "content_length", "gzip_ratio", "limit_rate", "proxy_protocol_port",
        "proxy_protocol_server_port", "remote_port", "server_port", "tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd",
        "tcpinfo_rcv_space", "http_content_length", "sent_http_content_length", "upstream_bytes_received", "upstream_bytes_sent",
        "upstream_connect_time", "upstream_first_byte_time", "upstream_header_time", "upstream_queue_time", "upstream_response_length",
        "upstream_response_time", "upstream_session_time", "upstream_status", "keepalive_requests", "bytes_total", "request_time_us",
        "request_time_ms",
    };

    public static bool Contains(string variable) => Names.Contains(variable);
}
