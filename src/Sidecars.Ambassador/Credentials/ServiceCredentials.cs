using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Prometheus;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tls;

namespace Sidecars.Ambassador.Credentials;

/// <summary>
/// Gives requests the credentials of their service, in the place of what the application may have sent under that header's name. A
/// configuration that says the same as before keeps its tokens.
/// </summary>
internal sealed class ServiceCredentials(IMetricFactory metrics, TimeProvider time, ILogger<ServiceCredentials> logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Counter _refreshes = metrics.CreateCounter(
        "sidecars_ambassador_token_refreshes_total", "Requests for a token to an authorization server, by result: ok, failed.", ["service", "result"]);

    /// <summary>Makes the credentials those of the configuration.</summary>
    public void Apply(IReadOnlyList<ServiceOptions> services)
    {
        var wanted = services.Where(s => s.Http?.Credentials is not null).ToDictionary(s => s.Name, s => s.Http!.Credentials!, StringComparer.Ordinal);
        foreach (var (name, entry) in _entries)
        {
            if (!wanted.ContainsKey(name) && _entries.TryRemove(name, out _))
            {
                entry.Credential.Dispose();
            }
        }

        foreach (var (name, options) in wanted)
        {
            var identity = IdentityOf(options);
            if (!_entries.TryGetValue(name, out var before) || before.Identity != identity)
            {
                _entries[name] = new Entry(Create(name, options), identity);
                before?.Credential.Dispose();
            }
        }
    }

    /// <summary>The step of the pipeline.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        _entries.TryGetValue(context.Features.GetRequiredFeature<Exchange>().Service.Name, out var entry) ? AddAsync(context, next, entry.Credential) : next(context);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Credential.Dispose();
        }
    }

    private static async Task AddAsync(HttpContext context, RequestDelegate next, ICredential credential)
    {
        if (await credential.ValueAsync(context.RequestAborted) is not { } value)
        {
            await FailureResponse.RejectAsync(context, FailureReason.Credentials);
            return;
        }

        context.Request.Headers[credential.Header] = value;
        await next(context);
    }

    private ICredential Create(string service, CredentialOptions options) => options switch
    {
        { Bearer: { } token } => SecretCredential.Bearer(token, time),
        { Basic: { } basic } => SecretCredential.Basic(basic, time),
        { Header: { } header } => SecretCredential.Of(header, time),
        _ => CreateOAuth2(service, options.Oauth2!),
    };

    private OAuth2Credential CreateOAuth2(string service, OAuth2Options options)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) };
        if (options.Tls is { } tls)
        {
            TlsConnect.Use(handler, new UpstreamTls(tls, time, logger));
        }

        var credential = new OAuth2Credential(service, options, new HttpMessageInvoker(handler), result => _refreshes.WithLabels(service, result), time, logger);
        credential.Start();
        return credential;
    }

    /// <summary>Tells whether two configurations mean the same credentials; kept in memory only, as the secrets themselves are.</summary>
    private static string IdentityOf(CredentialOptions o) => string.Join(
        '\n',
        o.Bearer?.Reveal(),
        o.Basic?.Username,
        o.Basic?.Password?.Reveal(),
        o.Header?.Name,
        o.Header?.Value?.Reveal(),
        o.Oauth2 is null ? "" : JsonSerializer.Serialize(o.Oauth2, AmbassadorOptionsContext.Default.OAuth2Options) + o.Oauth2.ClientSecret!.Reveal());

    private sealed record Entry(ICredential Credential, string Identity);
}
