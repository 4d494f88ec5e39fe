using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Sidecars.Common.Tls;

/// <summary>TLS towards servers, with files that may change at any time; see <see cref="TlsFiles"/>.</summary>
public sealed class ClientTls
{
    private readonly ClientTlsOptions _options;
    private readonly TlsFiles _files;

    /// <summary>Reads nothing yet: files that are missing now may be there at the first connection.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where changed and broken files are told.</param>
    public ClientTls(ClientTlsOptions options, TimeProvider time, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _files = new TlsFiles(PemFile.At("tls.ca", options.Ca), PemFile.At("tls.certificate", options.Certificate), PemFile.At("tls.key", options.Key), time, log);
    }

    /// <summary>How many times the files were put in use; a connection made at an older count shows an older certificate.</summary>
    public int Version => _files.Version;

    /// <summary>Looks whether the files changed, at most once a second, for those who keep connections and would make no new one.</summary>
    /// <returns>The <see cref="Version"/> after it.</returns>
    public int Refresh() => _files.Refresh();

    /// <summary>
    /// What a new connection is secured with, from the files as they are now: an instance of its own, to which a caller may add its
    /// application protocols. Throws <see cref="AuthenticationException"/> when the files were never right.
    /// </summary>
    /// <param name="host">The host that is connected to; its name is checked where the options give no other.</param>
    /// <returns>Options for one connection.</returns>
    public SslClientAuthenticationOptions For(string host)
    {
        var credentials = _files.Current();
        var ssl = new SslClientAuthenticationOptions
        {
            TargetHost = _options.ServerName ?? host,
            EnabledSslProtocols = TlsFiles.ProtocolsFrom(_options.MinVersion),
            ClientCertificateContext = credentials.Certificate,
        };
        if (credentials.Authorities is { } authorities)
        {
            ssl.CertificateChainPolicy = TlsFiles.PolicyOf(authorities);
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
}
