using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Sidecars.Common.Tls;

namespace Sidecars.Common.Hosting;

/// <summary>TLS as a web configuration wants it, with files that may change at any time.</summary>
internal sealed class WebTls
{
    // those of TLS 1.3 cannot be chosen, as in Go; a list of suites without them would turn TLS 1.3 off
    private static readonly TlsCipherSuite[] Suites13 = [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    private readonly TlsFiles _files;
    private readonly SslProtocols _protocols;
    private readonly CipherSuitesPolicy? _suites;
    private readonly ClientVerification _clients;

    /// <summary>Takes checked options; paths that are not absolute begin at the folder of the web configuration, as exporters have it.</summary>
    public WebTls(WebTlsOptions options, string folder, TimeProvider time, ILogger log)
    {
        _files = new TlsFiles(
            File("client_ca_file", options.ClientCaFile, folder) ?? PemFile.Holding("client_ca", NotEmpty(options.ClientCa)),
            File("cert_file", options.CertFile, folder) ?? PemFile.Holding("cert", NotEmpty(options.Cert)),
            File("key_file", options.KeyFile, folder) ?? PemFile.Holding("key", NotEmpty(options.Key?.Reveal())),
            time,
            log);
        _protocols = (options.MinVersion == WebTlsVersion.Tls12 ? SslProtocols.Tls12 : 0) | (options.MaxVersion == WebTlsVersion.Tls13 ? SslProtocols.Tls13 : 0);
        _suites = options.CipherSuites.Count == 0 || !OperatingSystem.IsLinux() ? null
            : new CipherSuitesPolicy([.. options.CipherSuites.Select(Enum.Parse<TlsCipherSuite>), .. Suites13]);
        _clients = new ClientVerification(options.ClientAuthType, options.ClientAllowedSans);
    }

    /// <summary>What a new connection is secured with, from the files as they are now. Throws <see cref="AuthenticationException"/> when they were never right.</summary>
    public SslServerAuthenticationOptions ForConnection()
    {
        var credentials = _files.Current();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = credentials.Certificate,
            EnabledSslProtocols = _protocols,
            CipherSuitesPolicy = _suites,
            ClientCertificateRequired = _clients.IsOn,
            CertificateChainPolicy = credentials.Authorities is { } authorities ? TlsFiles.PolicyOf(authorities) : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = _clients.IsOn ? (_, certificate, _, errors) => _clients.Accepts(certificate, errors) : null,
        };
    }

    private static PemFile? File(string key, string? path, string folder) => PemFile.At($"tls_server_config.{key}", NotEmpty(path) is { } given ? Path.GetFullPath(given, folder) : null);

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;
}
