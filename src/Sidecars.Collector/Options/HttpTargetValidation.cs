using System.Buffers;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>What is right and wrong in every output that speaks HTTP.</summary>
internal static class HttpTargetValidation
{
    // token of RFC 9110, 5.6.2
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly string[] OwnHeaders = ["authorization", "content-length", "content-encoding", "host", "transfer-encoding", "connection"];

    public static void Check(HttpTargetOptions options, string key, ProblemList problems)
    {
        foreach (var name in options.Headers.Keys)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                problems.Add($"{key}.headers", $"'{name}' is no name of a header");
            }
            else if (OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                problems.Add($"{key}.headers.{name}", "this header is made by the output itself; use 'basic', 'bearer' or 'compression'");
            }
        }

        if (options is { Basic: not null, Bearer: not null })
        {
            problems.Add($"{key}.bearer", "give either 'basic' or 'bearer', as there is one Authorization header");
        }

        if (options.Basic?.User.Contains(':', StringComparison.Ordinal) == true)
        {
            problems.Add($"{key}.basic.user", "a name with a colon cannot be told from the password (RFC 7617)");
        }

        if (options is { Compression: Compression.Gzip, CompressionLevel: > 9 })
        {
            problems.Add($"{key}.compression_level", "gzip has levels 1 to 9");
        }

        foreach (var (inner, message) in options.Tls?.Problems() ?? [])
        {
            problems.Add($"{key}.tls.{inner}", message);
        }
    }

    /// <summary>Whether a text is the address of a server; else a problem is added.</summary>
    public static bool CheckUrl(string url, string key, HttpTargetOptions options, ProblemList problems)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            problems.Add(key, $"'{url}' is no address to send to; write for example https://logs.example.com/in");
            return false;
        }

        if (uri.UserInfo.Length > 0)
        {
            problems.Add(key, "a name and password in the address would be in every log; use 'basic'");
        }

        if (options.Tls is not null && uri.Scheme == "http")
        {
            problems.Add(key, "there is 'tls', but http:// is not encrypted; write https://");
        }

        return true;
    }
}
