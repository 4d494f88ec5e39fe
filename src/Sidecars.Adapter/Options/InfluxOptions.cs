using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Sidecars.Adapter.Options;

/// <summary>InfluxDB's line protocol.</summary>
internal sealed class InfluxOptions : PushOptions
{
    [Description("Takes POST /write and /api/v2/write on the admin port, from inside the pod alone. Default: false.")]
    public bool Http { get; set; }

    [JsonIgnore]
    public override bool HasHttp => Http;
}
