using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Balancing;

/// <summary>What requests have in common that are to go to the same server.</summary>
internal static class HashKey
{
    /// <summary>The key of a request; one without what the key is made of goes anywhere.</summary>
    public static ulong Of(HttpContext context, HashOptions options)
    {
        var text = options.By switch
        {
            HashSource.Header => context.Request.Headers[options.Name!].ToString(),
            HashSource.Cookie => context.Request.Cookies[options.Name!] ?? "",
            _ => "",
        };
        return options.By == HashSource.Source ? OfSource(context)
            : text.Length > 0 ? StableHash.Of(text)
            : (ulong)Random.Shared.NextInt64();
    }

    /// <summary>The client's address; all clients of a Unix socket are one.</summary>
    private static ulong OfSource(HttpContext context)
    {
        Span<char> text = stackalloc char[64];
        return context.Connection.RemoteIpAddress is { } address && address.TryFormat(text, out var length) ? StableHash.Of(text[..length]) : 0;
    }
}
