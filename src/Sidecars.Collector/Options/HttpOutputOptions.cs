using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>A server that takes batches as the bodies of HTTP requests.</summary>
internal sealed class HttpOutputOptions : HttpTargetOptions
{
    [Required]
    [Description("Where to send: http:// or https://.")]
    public string Url { get; set; } = "";

    [Description("POST or PUT. Default: POST.")]
    public HttpSendMethod Method { get; set; } = HttpSendMethod.Post;

    [Description("raw: every line as it is. json: one JSON object a line (NDJSON). json_array: one JSON array a request. Default: json.")]
    public HttpEncoding Encoding { get; set; } = HttpEncoding.Json;

    public void Check(string key, ProblemList problems)
    {
        HttpTargetValidation.CheckUrl(Url, $"{key}.url", this, problems);
        HttpTargetValidation.Check(this, key, problems);
    }
}

/// <summary>The methods that send a body.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HttpSendMethod>))]
internal enum HttpSendMethod
{
    [JsonStringEnumMemberName("POST")]
    Post,

    [JsonStringEnumMemberName("PUT")]
    Put,
}

/// <summary>How lines stand in a request's body.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HttpEncoding>))]
internal enum HttpEncoding
{
    [JsonStringEnumMemberName("raw")]
    Raw,

    [JsonStringEnumMemberName("json")]
    Json,

    [JsonStringEnumMemberName("json_array")]
    JsonArray,
}
