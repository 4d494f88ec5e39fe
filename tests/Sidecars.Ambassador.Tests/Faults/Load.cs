using System.Collections.Concurrent;

namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>
/// GET requests at a steady rate, from many workers. A worker that falls behind, as it waits for an answer, sends the next
/// one at once.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Workers = 32;

    private readonly ConcurrentDictionary<string, int> _answers = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Task _sending;
    private int _answered;

    /// <summary>Begins at once.</summary>
    /// <param name="url">What is asked for.</param>
    /// <param name="handler">How connections are made; null for plain ones.</param>
    public Load(Uri url, SocketsHttpHandler? handler = null)
    {
        _client = new HttpClient(handler ?? new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(2) };
        _sending = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => SendAsync(url))));
    }

    /// <summary>How many requests have come to an end.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Waits until so many more requests have come to an end.</summary>
    public Task GoOnAsync(int requests)
    {
        var goal = Answered + requests;
        return Eventually.True(() => Answered >= goal, TimeSpan.FromMinutes(3), () => $"{Answered} of {goal}");
    }

    /// <summary>Stops sending, and waits for all answers.</summary>
    /// <returns>Each answer that came, as status and body, with how often it came.</returns>
    public async Task<IReadOnlyDictionary<string, int>> EndAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        return _answers;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(Uri url)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)Workers / FaultSettings.Rate));
        while (!_stop.IsCancellationRequested)
        {
            _answers.AddOrUpdate(await AnswerAsync(url), 1, (_, count) => count + 1);
            Interlocked.Increment(ref _answered);
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<string> AnswerAsync(Uri url)
    {
        try
        {
            using var response = await _client.GetAsync(url, CancellationToken.None);
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(CancellationToken.None)}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return e.Message;
        }
    }
}
