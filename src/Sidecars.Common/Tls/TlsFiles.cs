using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tls;

/// <summary>
/// The files of TLS, which may change at any time, as a mounted Secret does when its certificate is renewed. The hard
/// cases: certificate and key are swapped one after the other, so that for a moment they do not belong together; a file is written
/// while it is read. Then what was last right stays in use, and the files are looked at again.
/// </summary>
internal sealed partial class TlsFiles
{
    // many connections in a row need not read the files each
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

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

    /// <summary>Reads nothing yet.</summary>
    public TlsFiles(PemFile? authorities, PemFile? certificate, PemFile? privateKey, TimeProvider time, ILogger log) =>
        (_ca, _certificate, _key, _time, _log) = (authorities, certificate, privateKey, time, log);

    /// <summary>How many times the files were put in use.</summary>
    public int Version { get; private set; }

    /// <summary>The versions from this one on.</summary>
    public static SslProtocols ProtocolsFrom(TlsVersion oldest) =>
        oldest == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Trusts these authorities and no others, and asks nobody else about a certificate.</summary>
    public static X509ChainPolicy PolicyOf(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Looks whether the files changed, at most once a second.</summary>
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

    /// <summary>What the files hold now, or held when they were last right. Throws <see cref="AuthenticationException"/> when they never were.</summary>
    public Credentials Current()
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
    internal sealed record Credentials(X509Certificate2Collection? Authorities, SslStreamCertificateContext? Certificate);
}
