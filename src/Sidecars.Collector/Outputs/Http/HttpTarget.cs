using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>Where requests go and what they look like, apart from their bodies.</summary>
internal sealed record HttpTarget(Uri Url, string ContentType)
{
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Headers whose values may change while they are in use.</summary>
    public IReadOnlyList<KeyValuePair<string, Secret>> Headers { get; init; } = [];

    public BasicCredentials? Basic { get; init; }

    public Secret? Bearer { get; init; }

    public Compression Compression { get; init; }

    public int CompressionLevel { get; init; } = 1;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public ClientTlsOptions Tls { get; init; } = new();

    /// <summary>The longest answer that is read; of a longer one the rest is not.</summary>
    public int MostReplyBytes { get; init; } = 64 * 1024;

    /// <summary>The target for checked options.</summary>
    public static HttpTarget Of(HttpTargetOptions options, Uri url, string contentType) => new(url, contentType)
    {
        Headers = [.. options.Headers],
        Basic = options.Basic,
        Bearer = options.Bearer,
        Compression = options.Compression ?? Compression.None,
        CompressionLevel = options.CompressionLevel,
        ConnectTimeout = options.ConnectTimeout,
        RequestTimeout = options.RequestTimeout ?? TimeSpan.FromSeconds(30),
        Tls = options.Tls ?? new(),
    };
}
