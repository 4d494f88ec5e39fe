using System.Net.Sockets;
using System.Text;
using Sidecars.Adapter.Rules;

namespace Sidecars.Adapter.Sources;

/// <summary>
/// Gets pages: over HTTP, from a command, or what servers with a text protocol of their own say about themselves. Both close the connection at the end
/// when they are asked to, so the end of the answer is that of the stream. However long an answer is, no more than a limit is kept.
/// </summary>
internal sealed class PageClient(TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Asks. Throws what sockets and HTTP throw when there is no answer.</summary>
    public Task<PageAnswer> GetAsync(PageAddress address, CancellationToken cancellation) => address.Protocol switch
    {
        PageProtocol.Http => GetHttpAsync(address, cancellation),
        PageProtocol.Exec => CommandPage.RunAsync(address, time, cancellation),
        PageProtocol.Redis => GetTcpAsync(address, "INFO\r\nQUIT\r\n"u8.ToArray(), cancellation),
        PageProtocol.Memcached => GetTcpAsync(address, "stats\r\nquit\r\n"u8.ToArray(), cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(address), address.Protocol, "not asked for over a connection or by a command"),
    };

    public void Dispose() => _http.Dispose();

    private async Task<PageAnswer> GetHttpAsync(PageAddress address, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(address.Uri, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return new PageAnswer(default, "status", $"{address} answered {(int)response.StatusCode}");
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        return await ReadAsync(address, body, cancellation);
    }

    private static async Task<PageAnswer> GetTcpAsync(PageAddress address, byte[] question, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Uri.DnsSafeHost, address.Uri.Port, cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(question, cancellation);
        var answer = await ReadAsync(address, stream, cancellation);
        if (answer.Failure is not null)
        {
            return answer;
        }

        var text = Encoding.UTF8.GetString(answer.Text.Span);
        return address.Protocol == PageProtocol.Redis && text.StartsWith('-')
            ? new PageAnswer(default, "status", $"{address} answered {text.Split('\r')[0]}")
            : new PageAnswer(Encoding.UTF8.GetBytes(text.Replace("STAT ", "", StringComparison.Ordinal)), null, "");
    }

    private static async Task<PageAnswer> ReadAsync(PageAddress address, Stream body, CancellationToken cancellation)
    {
        var page = new byte[4096];
        var length = 0;
        while (true)
        {
            var read = await body.ReadAsync(page.AsMemory(length), cancellation);
            length += read;
            if (read == 0)
            {
                return new PageAnswer(page.AsMemory(0, length), null, "");
            }

            if (length > StatusFile.Longest)
            {
                return new PageAnswer(default, "too_large", $"{address} is longer than {StatusFile.Longest} bytes");
            }

            if (length == page.Length)
            {
                Array.Resize(ref page, page.Length * 2);
            }
        }
    }
}
