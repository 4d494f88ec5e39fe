namespace Sidecars.Common.Parsing;

/// <summary>nginx's <c>$request</c>, cut into its parts. What is no request line at all has only a <see cref="Uri"/>.</summary>
public readonly ref struct RequestLine
{
    private RequestLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> protocol)
    {
        Method = method;
        Uri = uri;
        Protocol = protocol;
    }

    /// <summary>The method; empty when the request had none, as with a TLS greeting on a plain port.</summary>
    public ReadOnlySpan<byte> Method { get; }

    /// <summary>The target with its query, as it was sent.</summary>
    public ReadOnlySpan<byte> Uri { get; }

    /// <summary><c>HTTP/1.1</c> and the like; empty for HTTP/0.9.</summary>
    public ReadOnlySpan<byte> Protocol { get; }

    /// <summary>Cuts a request line. A target may hold blanks: the protocol is what follows the last one.</summary>
    public static RequestLine Split(ReadOnlySpan<byte> request)
    {
        var blank = request.IndexOf((byte)' ');
        if (blank <= 0)
        {
            return new RequestLine(default, request, default);
        }

        var method = request[..blank];
        var rest = request[(blank + 1)..];
        var last = rest.LastIndexOf((byte)' ');
        return last >= 0 && rest[(last + 1)..].StartsWith("HTTP/"u8)
            ? new RequestLine(method, rest[..last], rest[(last + 1)..])
            : new RequestLine(method, rest, default);
    }
}
