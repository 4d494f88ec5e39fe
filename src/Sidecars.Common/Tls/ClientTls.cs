using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tls;

/// <summary>
/// TLS towards servers, with files that may change at any time, as a mounted Secret does when its certificate is renewed. The hard
/// cases: certificate and key are swapped one after the other, so that for a moment they do not belong together; a file is written
/// while it is read. Then what was last right stays in use, and the files are looked at again.
/// </summary>
public sealed partial class ClientTls
{
    // many connections in a row need not read the files each
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ClientTlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly PemFile? _ca;
    private readonly PemFile? _certificate;
    private readonly PemFile? _key;
    private Credentials? _credentials;
    private bool _mustLoad = true;
    private long _lastLook;
    private string? _trouble;

    /// <summary>Reads nothing yet: files that are missing now may be there at the first connection.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changed and broken files are told.</param>
    public ClientTls(ClientTlsOptions options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _log) = (options, time, log);
        _ca = options.Ca is { } ca ? new PemFile("ca", ca) : null;
        _certificate = options.Certificate is { } certificate ? new PemFile("certificate", certificate) : null;
        _key = options.Key is { } key ? new PemFile("key", key) : null;
    }

    /// <summary>How many times the files were put in use; a connection made at an older count shows an older certificate.</summary>
    public int Version { get; private set; }

    /// <summary>Looks whether the files changed, at most once a second, for those who keep connections and would make no new one.</summary>
    /// <returns>The <see cref="Version"/> after it.</returns>
    public int Refresh()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_lastLook) >= LookInterval)
            {
                Look();
            }

            return Version;
        }
    }

    /// <summary>
    /// What a new connection is secured with, from the files as they are now: an instance of its own, to which a caller may add its
    /// application protocols. Throws <see cref="AuthenticationException"/> when the files were never right.
    /// </summary>
    /// <param name="host">The host that is connected to; its name is checked where the options give no other.</param>
    /// <returns>Options for one connection.</returns>
    public SslClientAuthenticationOptions For(string host)
    {
        var credentials = Current();
        var ssl = new SslClientAuthenticationOptions
        {
            TargetHost = _options.ServerName ?? host,
            EnabledSslProtocols = _options.MinVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateContext = credentials.Certificate,
        };
        if (credentials.Authorities is { } authorities)
        {
            ssl.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            ssl.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (_options.InsecureSkipVerify)
        {
#pragma warning disable CA5359 // asked for by name
            ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return ssl;
    }

    /// <summary>Secures a connection that stands. Throws <see cref="AuthenticationException"/> or <see cref="IOException"/>; the stream is then disposed.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="host">The host that it leads to.</param>
    /// <param name="protocols">Application protocols to offer (ALPN); none when empty.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The secured stream, which owns the connection.</returns>
    public async Task<SslStream> SecureAsync(Stream stream, string host, IReadOnlyList<SslApplicationProtocol> protocols, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        var secured = new SslStream(stream);
        try
        {
            var ssl = For(host);
            ssl.ApplicationProtocols = protocols.Count == 0 ? null : [.. protocols];
            await secured.AuthenticateAsClientAsync(ssl, cancellationToken).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Credentials Current()
    {
        lock (_gate)
        {
            if (_credentials is null || _mustLoad || _time.GetElapsedTime(_lastLook) >= LookInterval)
            {
                Look();
            }

            return _credentials ?? throw new AuthenticationException(_trouble);
        }
    }

    private void Look()
    {
        try
        {
            _lastLook = _time.GetTimestamp();

            // one by one: what was seen to change stays to be loaded although the next file cannot be read
            _mustLoad |= HasChanged(_ca);
            _mustLoad |= HasChanged(_certificate);
            _mustLoad |= HasChanged(_key);
            if (_mustLoad)
            {
                _credentials = Load();
                _mustLoad = false;
                Loaded();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or AuthenticationException)
        {
            Keep(exception.Message);
        }
    }

    private static bool HasChanged(PemFile? file)
    {
        try
        {
            return file?.Read() == true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuthenticationException($"{file!.Name} cannot be read: {exception.Message}", exception);
        }
    }

    private Credentials Load() => new(
        _ca is { } ca ? Authorities(ca) : null,
        _certificate is { } certificate && _key is { } key ? Certificate(certificate, key) : null);

    private static X509Certificate2Collection Authorities(PemFile file)
    {
        var authorities = Certificates(file);
        return authorities.Count > 0 ? authorities : throw new AuthenticationException($"{file.Name} holds no certificate");
    }

    private static SslStreamCertificateContext Certificate(PemFile certificate, PemFile key)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate.Text, key.Text);
            return SslStreamCertificateContext.Create(own, Certificates(certificate), offline: true);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new AuthenticationException($"{certificate.Name} and {key.Name} are not a certificate and its key: {exception.Message}", exception);
        }
    }

    private static X509Certificate2Collection Certificates(PemFile file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(file.Text);
            return certificates;
        }
        catch (CryptographicException exception)
        {
            throw new AuthenticationException($"{file.Name} is not PEM with certificates: {exception.Message}", exception);
        }
    }

    private void Loaded()
    {
        Version++;
        if (Version > 1)
        {
            LogChanged(string.Join(", ", new[] { _ca, _certificate, _key }.Where(file => file is not null).Select(file => file!.Name)));
        }

        _trouble = null;
    }

    private void Keep(string trouble)
    {
        if (_trouble == trouble)
        {
            return;
        }

        _trouble = trouble;
        if (_credentials is not null)
        {
            LogKept(trouble);
        }
    }

    [LoggerMessage(121, LogLevel.Information, "Certificates changed; new connections use them: {Files}")]
    private partial void LogChanged(string files);

    [LoggerMessage(122, LogLevel.Warning, "Changed certificates cannot be used, those before stay in use: {Reason}")]
    private partial void LogKept(string reason);

    /// <summary>What the files held when they were last right.</summary>
    private sealed record Credentials(X509Certificate2Collection? Authorities, SslStreamCertificateContext? Certificate);
}
