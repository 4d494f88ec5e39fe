using System.Text;
using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Credentials;

/// <summary>A secret as it is in the configuration, or in the file that it follows; not every request looks there.</summary>
internal sealed class SecretCredential : ICredential
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Secret _secret;
    private readonly Func<string, string> _format;
    private readonly TimeProvider _time;
    private volatile Seen _seen;

    private SecretCredential(string header, Secret secret, Func<string, string> format, TimeProvider time)
    {
        (Header, _secret, _format, _time) = (header, secret, format, time);
        _seen = Look();
    }

    public string Header { get; }

    public static SecretCredential Bearer(Secret token, TimeProvider time) => new(HeaderNames.Authorization, token, text => $"Bearer {text}", time);

    public static SecretCredential Basic(BasicCredentialOptions options, TimeProvider time) => new(
        HeaderNames.Authorization,
        options.Password!,
        password => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{password}"))}",
        time);

    public static SecretCredential Of(HeaderCredentialOptions options, TimeProvider time) => new(options.Name, options.Value!, text => text, time);

    public ValueTask<string?> ValueAsync(CancellationToken cancellation)
    {
        var seen = _seen;
        if (_time.GetElapsedTime(seen.At) >= LookInterval)
        {
            _seen = seen = Look();
        }

        return ValueTask.FromResult<string?>(seen.Value);
    }

    public void Dispose()
    {
        // holds nothing
    }

    private Seen Look() => new(_format(_secret.Reveal().Trim()), _time.GetTimestamp());

    private sealed record Seen(string Value, long At);
}
