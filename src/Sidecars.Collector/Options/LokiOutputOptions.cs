using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Collector.Outputs.Loki;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Grafana Loki, through its push interface.</summary>
internal sealed class LokiOutputOptions : HttpTargetOptions
{
    [Required]
    [Description("Loki's address, such as http://loki:3100; /loki/api/v1/push is added where there is no path.")]
    public string Url { get; set; } = "";

    [Description("The tenant, sent as X-Scope-OrgID. Default: none.")]
    public string? Tenant { get; set; }

    [Description("How requests are written: protobuf (with snappy) or json. Default: protobuf.")]
    public LokiProtocol Protocol { get; set; } = LokiProtocol.Protobuf;

    [Description("What an entry's line is: raw, the line as it is, or json, an object with the fields. Default: raw.")]
    public LineEncoding Encoding { get; set; } = LineEncoding.Raw;

    [Description("Labels of every entry. Default: job: collector.")]
    public Dictionary<string, string> Labels { get; set; } = new() { ["job"] = "collector" };

    [Description("Fields that become labels; severity and file are known without a parser. Each set of values is a stream, and streams are dear: take only fields with few values. Default: none.")]
    public List<string> LabelFields { get; set; } = [];

    [Description("How many streams there may be; what is over it is sent with the value 'overflow' in these labels, and counted. Default: 100.")]
    [AllowedRange("1", "10000")]
    public int MaxStreams { get; set; } = 100;

    [Description("Sends the fields that are not labels as structured metadata; needs Loki 3, or 2.9 with allow_structured_metadata. Default: false.")]
    public bool StructuredMetadata { get; set; }

    public void Check(string key, ProblemList problems)
    {
        HttpTargetValidation.CheckUrl(Url, $"{key}.url", this, problems);
        HttpTargetValidation.Check(this, key, problems);
        if (Labels.Count == 0)
        {
            problems.Add($"{key}.labels", "Loki takes no stream without a label; give at least one");
        }

        foreach (var name in Labels.Keys.Where(name => !IsLabelName(name)))
        {
            problems.Add($"{key}.labels", $"'{name}' is no name of a label; use letters, digits and '_', not beginning with a digit");
        }

        foreach (var field in LabelFields.Where(field => Labels.ContainsKey(LabelName.Of(field))))
        {
            problems.Add($"{key}.label_fields", $"'{field}' is the label '{LabelName.Of(field)}', which 'labels' gives already; leave it out of one of them");
        }

        if (Protocol == LokiProtocol.Protobuf && Compression is not null and not Options.Compression.None)
        {
            problems.Add($"{key}.compression", "protobuf goes with snappy always; leave this out, or set 'protocol: json'");
        }
    }

    private static bool IsLabelName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}

/// <summary>The two ways to write a push request.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LokiProtocol>))]
internal enum LokiProtocol
{
    [JsonStringEnumMemberName("protobuf")]
    Protobuf,

    [JsonStringEnumMemberName("json")]
    Json,
}
