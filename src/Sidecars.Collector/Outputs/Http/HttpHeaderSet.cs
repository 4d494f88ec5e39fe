using System.Text;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>
/// The headers of a target. Their secrets follow files, which are not read for every request: once a second, and at once when the
/// receiver says that it does not know us.
/// </summary>
internal sealed class HttpHeaderSet(HttpTarget target, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private List<KeyValuePair<string, string>>? _current;
    private long _readAt;

    /// <summary>Adds the headers to a request.</summary>
    public void AddTo(HttpRequestMessage request)
    {
        if (_current is null || time.GetElapsedTime(_readAt) >= Interval)
        {
            _readAt = time.GetTimestamp();
            _current = Read();
        }

        foreach (var (name, value) in _current)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                // Content-Type and the like
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    /// <summary>What was sent is not good any more: secrets are read again for the next request.</summary>
    public void Expire() => _current = null;

    private List<KeyValuePair<string, string>> Read()
    {
        var headers = target.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Reveal())).ToList();
        if (target.Bearer is { } bearer)
        {
            headers.Add(new("Authorization", $"Bearer {bearer.Reveal()}"));
        }
        else if (target.Basic is { } basic)
        {
            var pair = Encoding.UTF8.GetBytes($"{basic.User}:{basic.Password.Reveal()}");
            headers.Add(new("Authorization", $"Basic {Convert.ToBase64String(pair)}"));
        }

        return headers;
    }
}
