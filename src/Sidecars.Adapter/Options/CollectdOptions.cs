using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Options;

/// <summary>What collectd sends: the text protocol of its plugin unixsock, and what its plugin write_http posts.</summary>
internal sealed class CollectdOptions : PushOptions
{
    [Description("Receives PUTVAL lines on a Unix socket at this absolute path, which is made anew, and answers as collectd's plugin unixsock does. Default: none.")]
    public string? Unix { get; set; }

    [Description("Takes POST /push/NAME on the admin port, from inside the pod alone: what collectd's plugin write_http sends with Format JSON or Command. Default: false.")]
    public bool Http { get; set; }

    [Description("Files that say what values a type has, as collectd's own types.db; PUTVAL lines do not say it. Default: none, every value is a gauge.")]
    public List<string> TypesDb { get; set; } = [];

    [JsonIgnore]
    public override string? UnixPath => Unix;

    [JsonIgnore]
    public override bool HasHttp => Http;
}
