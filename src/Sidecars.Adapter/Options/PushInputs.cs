namespace Sidecars.Adapter.Options;

/// <summary>All that is pushed to, by name: the one of each protocol that needs no name, then those among the inputs.</summary>
internal static class PushInputs
{
    public static IReadOnlyList<(string Name, string Path, PushOptions Options)> Of(AdapterOptions options)
    {
        var unnamed = new (string Name, PushOptions? Options)[] { ("statsd", options.Statsd), ("graphite", options.Graphite), ("influxdb", options.Influxdb), ("collectd", options.Collectd) };
        return
        [
            .. unnamed.Where(one => one.Options is not null).Select(one => (one.Name, one.Name, one.Options!)),
            .. options.Inputs.Where(input => input.Value.Push is not null).Select(input => (input.Key, $"inputs.{input.Key}.{input.Value.Sources.First()}", input.Value.Push!)),
        ];
    }

    /// <summary>What of a configuration is about what is pushed, and nothing else.</summary>
    public static AdapterOptions Part(AdapterOptions options) => new()
    {
        Statsd = options.Statsd,
        Graphite = options.Graphite,
        Influxdb = options.Influxdb,
        Collectd = options.Collectd,
        Inputs = options.Inputs.Where(input => input.Value.Push is not null).ToDictionary(),
        Limits = options.Limits,
    };
}
