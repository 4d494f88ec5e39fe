using System.Globalization;

namespace Sidecars.Ambassador.Tests.Http;

/// <summary>
/// A server that keeps every byte it gets and reads requests from them as strictly as RFC 9112 has it: whatever another
/// server might take for two requests, or for none, is told as trouble. Each request is answered with its number.
/// </summary>
internal sealed class RawUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _lock = new();
    private readonly List<RawRequest> _requests = [];
    private readonly List<string> _troubles = [];

    public RawUpstream()
    {
        _listener.Start();
        _ = _listener.AcceptAsync(ServeAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The whole requests that came in so far.</summary>
    public IReadOnlyList<RawRequest> Requests
    {
        get
        {
            lock (_lock)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>What was not a request by the letter of the standard.</summary>
    public IReadOnlyList<string> Troubles
    {
        get
        {
            lock (_lock)
            {
                return [.. _troubles];
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var bytes = new List<byte>();
            var buffer = new byte[4096];
            try
            {
                while (await socket.ReceiveAsync(buffer, SocketFlags.None) is > 0 and var read)
                {
                    bytes.AddRange(buffer[..read]);
                    while (Take(bytes) is { } request)
                    {
                        await socket.SendAsync(Encoding.ASCII.GetBytes(Answer(request)), SocketFlags.None);
                    }
                }
            }
            catch (SocketException)
            {
                // reset
            }
            catch (FormatException e)
            {
                lock (_lock)
                {
                    _troubles.Add(e.Message);
                }
            }
        }
    }

    private string Answer(RawRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
            var body = request.Method == "HEAD" ? "" : "ok";
            return $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Upstream: {_requests.Count}\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n{body}";
        }
    }

    /// <summary>Takes the first whole request; null where more bytes are needed. Throws <see cref="FormatException"/>.</summary>
    private static RawRequest? Take(List<byte> bytes)
    {
        var text = Encoding.Latin1.GetString([.. bytes]);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        var head = text[..end].Split("\r\n");
        var line = head[0].Split(' ');
        if (line.Length != 3 || line[2] != "HTTP/1.1" || text[..end].Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n', '\0'))
        {
            throw new FormatException($"not a request: {head[0]}");
        }

        var headers = head[1..].Select(h => h.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !char.IsWhiteSpace(h[colon - 1]) && !char.IsWhiteSpace(h[0])
            ? (Name: h[..colon].ToLowerInvariant(), Value: h[(colon + 1)..].Trim(' ', '\t'))
            : throw new FormatException($"not a header: {h}")).ToList();
        var length = headers.Where(h => h.Name == "content-length").Select(h => h.Value).ToList();
        var coding = headers.Where(h => h.Name == "transfer-encoding").Select(h => h.Value).ToList();
        if (length.Count + coding.Count > 1 || (coding.Count == 1 && coding[0] != "chunked") || length.Exists(l => !l.All(char.IsAsciiDigit)))
        {
            throw new FormatException($"an ambiguous length: {string.Join("; ", length.Concat(coding))}");
        }

        var rest = text[(end + 4)..];
        var (body, used) = coding.Count == 1 ? Chunks(rest) : Fixed(rest, length.Count == 1 ? int.Parse(length[0], CultureInfo.InvariantCulture) : 0);
        if (body is null)
        {
            return null;
        }

        bytes.RemoveRange(0, end + 4 + used);
        return new RawRequest(line[0], line[1], headers, body);
    }

    private static (string? Body, int Used) Fixed(string rest, int length) => rest.Length < length ? (null, 0) : (rest[..length], length);

    private static (string? Body, int Used) Chunks(string rest)
    {
        var body = new StringBuilder();
        var at = 0;
        while (rest.IndexOf("\r\n", at, StringComparison.Ordinal) is >= 0 and var end)
        {
            if (!int.TryParse(rest[at..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
            {
                throw new FormatException($"not a chunk: {rest[at..end]}");
            }

            var next = end + 2 + size;
            if (rest.Length < next + 2)
            {
                break;
            }

            if (rest[next..(next + 2)] != "\r\n")
            {
                throw new FormatException("a chunk without an end");
            }

            body.Append(rest, end + 2, size);
            at = next + 2;
            if (size == 0)
            {
                return (body.ToString(), at);
            }
        }

        return (null, 0);
    }
}

/// <summary>One request as it came in.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target.</param>
/// <param name="Headers">Names in small letters.</param>
/// <param name="Body">Without chunks.</param>
internal sealed record RawRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    /// <summary>The values of a header, or null where it is not there.</summary>
    public string? this[string name] => Headers.Any(h => h.Name == name) ? string.Join(", ", Headers.Where(h => h.Name == name).Select(h => h.Value)) : null;
}
