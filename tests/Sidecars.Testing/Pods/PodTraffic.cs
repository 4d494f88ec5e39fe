using System.Collections.Concurrent;

namespace Sidecars.Testing.Pods;

/// <summary>Bounded traffic to one address, each request with a number of its own, and what became of it.</summary>
public sealed class PodTraffic : IDisposable
{
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<(string Method, int Status), int> _answers = new();
    private int _next;

    /// <summary>Traffic to this address.</summary>
    public PodTraffic(Uri address) => _client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>How many answers there were, by method and status.</summary>
    public IReadOnlyDictionary<(string Method, int Status), int> Answers => _answers;

    /// <summary>All answers.</summary>
    public int Count => _answers.Values.Sum();

    /// <summary>Sends that many requests, one after the other; the path's query gets the number.</summary>
    public async Task SendAsync(HttpMethod method, string path, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await SendOneAsync(method, path);
        }
    }

    /// <summary>Sends until the address no longer answers, at most that many.</summary>
    public async Task SendUntilGoneAsync(string path, int atMost)
    {
        try
        {
            await SendAsync(HttpMethod.Get, path, atMost);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            // the other side stopped: the end that was waited for
        }
    }

    /// <summary>Sends one request and returns the answer's text.</summary>
    public async Task<string> SendOneAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, $"{path}?n={Interlocked.Increment(ref _next)}");
        using var response = await _client.SendAsync(request);
        _answers.AddOrUpdate((method.Method, (int)response.StatusCode), 1, (_, known) => known + 1);
        return await response.Content.ReadAsStringAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
