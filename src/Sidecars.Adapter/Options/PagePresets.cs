namespace Sidecars.Adapter.Options;

/// <summary>Presets for pages of status over HTTP. Names follow the field's own exporters where those keep to base units.</summary>
internal static class PagePresets
{
    private const string AnswersAtAll = ":";

    /// <summary>mod_status: <c>server-status?auto</c>; with <c>ExtendedStatus On</c>, the default, all of it.</summary>
    public static InputOptions Apache() => new()
    {
        Http = "http://127.0.0.1:8080/server-status?auto",
        KeyValue = AnswersAtAll,
        Up = "apache_up",
        Metrics =
        [
            new() { Counter = "apache_accesses_total", Value = "Total Accesses", Help = "Requests since Apache started." },
            new() { Counter = "apache_sent_bytes_total", Value = "Total kBytes", Help = "Bytes sent since Apache started, in steps of 1024.", Scale = 1024 },
            new() { Counter = "apache_duration_seconds_total", Value = "Total Duration", Help = "Time spent on all requests together.", Scale = .001 },
            new() { Counter = "apache_cpu_user_seconds_total", Value = "CPUUser", Help = "CPU time of Apache itself in user mode." },
            new() { Counter = "apache_cpu_system_seconds_total", Value = "CPUSystem", Help = "CPU time of Apache itself in system mode." },
            new() { Gauge = "apache_uptime_seconds", Value = "ServerUptimeSeconds", Help = "Time since Apache started." },
            new() { Gauge = "apache_workers_busy", Value = "BusyWorkers", Help = "Workers that serve a request." },
            new() { Gauge = "apache_workers_idle", Value = "IdleWorkers", Help = "Workers that wait for one." },
            new() { Gauge = "apache_connections", Value = "ConnsTotal", Help = "Open connections; only with an asynchronous worker model." },
        ],
    };

    /// <summary>PHP-FPM's <c>pm.status_path</c> as plain text, through whatever web server passes it on.</summary>
    public static InputOptions PhpFpm() => new()
    {
        Http = "http://127.0.0.1:8080/fpm-status",
        KeyValue = AnswersAtAll,
        Up = "phpfpm_up",
        Metrics =
        [
            new() { Counter = "phpfpm_accepted_connections_total", Value = "accepted conn", Help = "Requests that the pool accepted.", Labels = Pool() },
            new() { Gauge = "phpfpm_listen_queue", Value = "listen queue", Help = "Requests that wait for a process.", Labels = Pool() },
            new() { Gauge = "phpfpm_max_listen_queue", Value = "max listen queue", Help = "The most requests that ever waited.", Labels = Pool() },
            new() { Gauge = "phpfpm_idle_processes", Value = "idle processes", Help = "Processes that wait.", Labels = Pool() },
            new() { Gauge = "phpfpm_active_processes", Value = "active processes", Help = "Processes that serve a request.", Labels = Pool() },
            new() { Gauge = "phpfpm_max_active_processes", Value = "max active processes", Help = "The most processes that ever served at a time.", Labels = Pool() },
            new() { Counter = "phpfpm_max_children_reached_total", Value = "max children reached", Help = "Times that the pool was at its limit.", Labels = Pool() },
            new() { Counter = "phpfpm_slow_requests_total", Value = "slow requests", Help = "Requests over request_slowlog_timeout.", Labels = Pool() },
            new() { Gauge = "phpfpm_uptime_seconds", Value = "start since", Help = "Time since the pool started.", Labels = Pool() },
        ],
    };

    /// <summary>HAProxy's table (<c>stats uri</c> with <c>;csv</c>): frontends, backends and servers, told apart by <c>name</c>.</summary>
    public static InputOptions HaProxy() => new()
    {
        Http = "http://127.0.0.1:8404/stats;csv",
        Csv = ",",
        Up = "haproxy_up",
        Metrics =
        [
            new() { Counter = "haproxy_sessions_total", Value = "stot", Help = "Sessions.", Labels = Proxy() },
            new() { Counter = "haproxy_bytes_in_total", Value = "bin", Help = "Bytes received.", Labels = Proxy() },
            new() { Counter = "haproxy_bytes_out_total", Value = "bout", Help = "Bytes sent.", Labels = Proxy() },
            new() { Counter = "haproxy_request_errors_total", Value = "ereq", Help = "Requests that were none.", Labels = Proxy() },
            new() { Counter = "haproxy_connection_errors_total", Value = "econ", Help = "Connections to servers that failed.", Labels = Proxy() },
            new() { Counter = "haproxy_response_errors_total", Value = "eresp", Help = "Responses that were none.", Labels = Proxy() },
            new() { Counter = "haproxy_retries_total", Value = "wretr", Help = "Connections tried again.", Labels = Proxy() },
            new() { Counter = "haproxy_redispatches_total", Value = "wredis", Help = "Requests sent to another server.", Labels = Proxy() },
            new() { Counter = "haproxy_responses_1xx_total", Value = "hrsp_1xx", Help = "Responses 1xx.", Labels = Proxy() },
            new() { Counter = "haproxy_responses_2xx_total", Value = "hrsp_2xx", Help = "Responses 2xx.", Labels = Proxy() },
            new() { Counter = "haproxy_responses_3xx_total", Value = "hrsp_3xx", Help = "Responses 3xx.", Labels = Proxy() },
            new() { Counter = "haproxy_responses_4xx_total", Value = "hrsp_4xx", Help = "Responses 4xx.", Labels = Proxy() },
            new() { Counter = "haproxy_responses_5xx_total", Value = "hrsp_5xx", Help = "Responses 5xx.", Labels = Proxy() },
            new() { Gauge = "haproxy_current_sessions", Value = "scur", Help = "Sessions now.", Labels = Proxy() },
            new() { Gauge = "haproxy_queue", Value = "qcur", Help = "Requests that wait for a server.", Labels = Proxy() },
            new() { Gauge = "haproxy_serving", Value = "status", Help = "1 for what takes traffic, 0 for what does not.", Labels = Proxy(), Map = States() },
        ],
    };

    private static List<LabelOptions> Pool() => [new("pool", "pool")];

    private static List<LabelOptions> Proxy() => [new("proxy", "pxname"), new("name", "svname")];

    private static Dictionary<string, double> States() => new()
    {
        ["OPEN"] = 1,
        ["UP"] = 1,
        ["no check"] = 1,
        ["DRAIN"] = 0,
        ["NOLB"] = 0,
        ["MAINT"] = 0,
        ["DOWN"] = 0,
        ["STOP"] = 0,
        ["FULL"] = 0,
        ["WAITING"] = 0,
    };
}
