using System.Text.Json.Serialization;

namespace Sidecars.Common.Tls;

/// <summary>What is asked of a client's certificate; named as Go's <c>tls.ClientAuthType</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClientCertificates>))]
internal enum ClientCertificates
{
    /// <summary>None is asked for.</summary>
    [JsonStringEnumMemberName("NoClientCert")]
    None,

    /// <summary>One is asked for; none, or any, is taken.</summary>
    [JsonStringEnumMemberName("RequestClientCert")]
    Requested,

    /// <summary>Any is taken, but there must be one.</summary>
    [JsonStringEnumMemberName("RequireAnyClientCert")]
    AnyRequired,

    /// <summary>The same by an older name.</summary>
    [JsonStringEnumMemberName("RequireClientCert")]
    Required,

    /// <summary>None is taken, and one that an authority vouches for.</summary>
    [JsonStringEnumMemberName("VerifyClientCertIfGiven")]
    VerifiedIfGiven,

    /// <summary>An authority must vouch for one.</summary>
    [JsonStringEnumMemberName("RequireAndVerifyClientCert")]
    VerifiedRequired,
}
