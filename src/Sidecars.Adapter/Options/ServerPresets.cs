namespace Sidecars.Adapter.Options;

/// <summary>Presets for servers that tell about themselves over a protocol of their own.</summary>
internal static class ServerPresets
{
    /// <summary>Redis: <c>INFO</c>.</summary>
    public static InputOptions Redis() => new()
    {
        Redis = "127.0.0.1:6379",
        KeyValue = ":",
        Up = "redis_up",
        Metrics =
        [
            new() { Counter = "redis_commands_processed_total", Value = "total_commands_processed", Help = "Commands served." },
            new() { Counter = "redis_connections_received_total", Value = "total_connections_received", Help = "Connections accepted." },
            new() { Counter = "redis_rejected_connections_total", Value = "rejected_connections", Help = "Connections over the limit." },
            new() { Counter = "redis_keyspace_hits_total", Value = "keyspace_hits", Help = "Keys found." },
            new() { Counter = "redis_keyspace_misses_total", Value = "keyspace_misses", Help = "Keys not found." },
            new() { Counter = "redis_expired_keys_total", Value = "expired_keys", Help = "Keys that expired." },
            new() { Counter = "redis_evicted_keys_total", Value = "evicted_keys", Help = "Keys removed for want of memory." },
            new() { Counter = "redis_net_input_bytes_total", Value = "total_net_input_bytes", Help = "Bytes received." },
            new() { Counter = "redis_net_output_bytes_total", Value = "total_net_output_bytes", Help = "Bytes sent." },
            new() { Counter = "redis_cpu_user_seconds_total", Value = "used_cpu_user", Help = "CPU time in user mode." },
            new() { Counter = "redis_cpu_system_seconds_total", Value = "used_cpu_sys", Help = "CPU time in system mode." },
            new() { Gauge = "redis_uptime_seconds", Value = "uptime_in_seconds", Help = "Time since Redis started." },
            new() { Gauge = "redis_connected_clients", Value = "connected_clients", Help = "Clients connected." },
            new() { Gauge = "redis_blocked_clients", Value = "blocked_clients", Help = "Clients that wait in a blocking call." },
            new() { Gauge = "redis_memory_used_bytes", Value = "used_memory", Help = "Memory that Redis allocated." },
            new() { Gauge = "redis_memory_max_bytes", Value = "maxmemory", Help = "The limit of memory; 0 for none." },
            new() { Gauge = "redis_connected_replicas", Value = "connected_slaves", Help = "Replicas connected." },
        ],
    };

    /// <summary>memcached: <c>stats</c>.</summary>
    public static InputOptions Memcached() => new()
    {
        Memcached = "127.0.0.1:11211",
        KeyValue = " ",
        Up = "memcached_up",
        Metrics =
        [
            new() { Counter = "memcached_get_commands_total", Value = "cmd_get", Help = "Keys asked for." },
            new() { Counter = "memcached_set_commands_total", Value = "cmd_set", Help = "Values stored." },
            new() { Counter = "memcached_get_hits_total", Value = "get_hits", Help = "Keys found." },
            new() { Counter = "memcached_get_misses_total", Value = "get_misses", Help = "Keys not found." },
            new() { Counter = "memcached_items_evicted_total", Value = "evictions", Help = "Items removed for want of memory." },
            new() { Counter = "memcached_connections_total", Value = "total_connections", Help = "Connections accepted." },
            new() { Counter = "memcached_read_bytes_total", Value = "bytes_read", Help = "Bytes received." },
            new() { Counter = "memcached_written_bytes_total", Value = "bytes_written", Help = "Bytes sent." },
            new() { Gauge = "memcached_uptime_seconds", Value = "uptime", Help = "Time since memcached started." },
            new() { Gauge = "memcached_items", Value = "curr_items", Help = "Items stored." },
            new() { Gauge = "memcached_stored_bytes", Value = "bytes", Help = "Bytes stored." },
            new() { Gauge = "memcached_limit_bytes", Value = "limit_maxbytes", Help = "Bytes that may be stored." },
            new() { Gauge = "memcached_current_connections", Value = "curr_connections", Help = "Connections now." },
        ],
    };
}
