using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>What an input says of a page: where it is, when it is asked for, and of what form it is.</summary>
internal sealed partial class InputOptions
{
    [Description("What stands for the form, the metrics and the usual address of a well-known application: apache, php_fpm, haproxy, redis, memcached or java_gc. Default: none.")]
    public InputPreset? Preset { get; set; }

    [Description("A Redis server whose INFO is asked for: host:port.")]
    public string? Redis { get; set; }

    [Description("A memcached server whose stats are asked for: host:port.")]
    public string? Memcached { get; set; }

    [Description("Asks at this interval instead of at every scrape, which then tells the last answer. Default: asks at every scrape; a command is run every 1m.")]
    [AllowedRange("100ms", "1h")]
    public TimeSpan? Interval { get; set; }

    [Description("The page is JSON: the JSONPath of the items of which metrics are made, for example $ or $.queues[*]. Fields are paths from an item; @key is the name or index of an item.")]
    public string? Json { get; set; }

    [Description("The page is XML: the XPath of the nodes of which metrics are made, for example /status/queue. Fields are XPaths from a node.")]
    public string? Xml { get; set; }

    [Description("The page is lines of a key and a value: what stands between them, for example ':'. Fields are keys.")]
    public string? KeyValue { get; set; }

    [Description("The page is a table whose first line names the fields: the character between values, for example ','.")]
    public string? Csv { get; set; }

    /// <summary>Whether it is asked for; else it is followed.</summary>
    [JsonIgnore]
    public bool IsPage => Tail is null && Push is null && Sources.Any();

    /// <summary>The sources that were given, by key.</summary>
    [JsonIgnore]
    public IEnumerable<string> Sources => Given(
        ("tail", Tail), ("http", Http), ("file", File), ("exec", Exec?.FirstOrDefault("")), ("redis", Redis), ("memcached", Memcached),
        ("statsd", Key(Statsd)), ("graphite", Key(Graphite)), ("influxdb", Key(Influxdb)), ("collectd", Key(Collectd)));

    /// <summary>The forms that were given, by key.</summary>
    [JsonIgnore]
    public IEnumerable<string> Forms => Given(("format", Format), ("parse", Parse), ("json", Json), ("xml", Xml), ("key_value", KeyValue), ("ini", Ini), ("csv", Csv));

    /// <summary>Whether a value is reckoned from fields. XPath reckons by itself.</summary>
    public bool IsReckoned(string value) => Xml is null && Sidecars.Common.Expressions.Arithmetic.IsMeant(value);

    private static IEnumerable<string> Given(params (string Key, string? Value)[] all) => all.Where(one => one.Value is not null).Select(one => one.Key);
}

[JsonConverter(typeof(JsonStringEnumConverter<InputPreset>))]
internal enum InputPreset
{
    [JsonStringEnumMemberName("apache")]
    Apache,

    [JsonStringEnumMemberName("php_fpm")]
    PhpFpm,

    [JsonStringEnumMemberName("haproxy")]
    HaProxy,

    [JsonStringEnumMemberName("redis")]
    Redis,

    [JsonStringEnumMemberName("memcached")]
    Memcached,

    [JsonStringEnumMemberName("java_gc")]
    JavaGc,
}
