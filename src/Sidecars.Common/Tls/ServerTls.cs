using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tls;

/// <summary>TLS towards clients, with files that may change at any time; see <see cref="TlsFiles"/>.</summary>
public sealed class ServerTls
{
    private readonly ServerTlsOptions _options;
    private readonly TlsFiles _files;

    /// <summary>Reads nothing yet: files that are missing now may be there at the first connection.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changed and broken files are told.</param>
    public ServerTls(ServerTlsOptions options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _files = new TlsFiles(PemFile.At("tls.client_ca", options.ClientCa), PemFile.At("tls.certificate", options.Certificate), PemFile.At("tls.key", options.Key), time, log);
    }

    /// <summary>
    /// What a new connection is secured with, from the files as they are now: an instance of its own, to which a caller may add its
    /// application protocols. Throws <see cref="AuthenticationException"/> when the files were never right.
    /// </summary>
    public SslServerAuthenticationOptions ForConnection()
    {
        var credentials = _files.Current();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = credentials.Certificate,
            EnabledSslProtocols = TlsFiles.ProtocolsFrom(_options.MinVersion),
            ClientCertificateRequired = credentials.Authorities is not null,
            CertificateChainPolicy = credentials.Authorities is { } authorities ? TlsFiles.PolicyOf(authorities) : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }
}
