using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Credentials;

/// <summary>A token and for how long it holds from now.</summary>
internal sealed record Token(string Text, TimeSpan Lifetime);

/// <summary>Asks an authorization server for a token (RFC 6749, 4.4). What it says never holds the secret, nor the token.</summary>
internal sealed class TokenRequest(OAuth2Options options, HttpMessageInvoker client, TimeProvider time) : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    /// <summary>Where the server does not say (RFC 6749 leaves it open).</summary>
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Asks once.</summary>
    /// <returns>The token, or why there is none.</returns>
    public async Task<(Token? Token, string Trouble)> SendAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = Request();
            using var response = await client.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return (null, $"the authorization server answered {(int)response.StatusCode}");
            }

            await response.Content.LoadIntoBufferAsync(LongestAnswer, either.Token);
            return Read(await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "no answer of the authorization server in time");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, $"the authorization server cannot be reached: {e.Message}");
        }
    }

    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request()
    {
        var secret = options.ClientSecret!.Reveal().Trim();
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        Add("scope", options.Scope);
        Add("audience", options.Audience);
        AuthenticationHeaderValue? authorization = null;
        if (options.Authentication == OAuth2ClientAuthentication.Body)
        {
            Add("client_id", options.ClientId);
            Add("client_secret", secret);
        }
        else
        {
            // both are form-encoded first (RFC 6749, 2.3.1)
            var pair = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(secret)}";
            authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }

        return new HttpRequestMessage(HttpMethod.Post, options.TokenUrl)
        {
            Content = new FormUrlEncodedContent(form),
            Headers = { Authorization = authorization, Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
        };

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                form.Add(new(key, value));
            }
        }
    }

    private static (Token? Token, string Trouble) Read(byte[] answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("access_token", out var text) || text.GetString() is not { Length: > 0 } token
                || token.Any(c => c is <= ' ' or > '~'))
            {
                return (null, "the answer of the authorization server holds no access_token");
            }

            var isSaid = root.TryGetProperty("expires_in", out var said) && said.ValueKind == JsonValueKind.Number;
            return (new Token(token, isSaid ? TimeSpan.FromSeconds(Math.Clamp(said.GetDouble(), 0, 86_400 * 30)) : DefaultLifetime), "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, "the answer of the authorization server is no JSON of a token");
        }
    }
}
