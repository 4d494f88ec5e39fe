using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sidecars.Common.Tests.Tls;

/// <summary>Takes one connection after the other and tells what each client showed: a handshake of its own making, unlike the one under test.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;

    public TlsServer((string Certificate, string Key) identity)
    {
        _certificate = X509Certificate2.CreateFromPem(identity.Certificate, identity.Key);
        _listener.Start();
    }

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The authority that clients must have a certificate of; null when they need none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        return client;
    }

    /// <summary>The subject of the client's certificate and the name it asked for.</summary>
    public async Task<(string? Client, string Name)> AcceptAsync()
    {
        using var connection = await _listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(connection.GetStream());
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate,
            EnabledSslProtocols = Protocols,
            ClientCertificateRequired = ClientAuthority is not null,
        };
        if (ClientAuthority is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { ClientAuthority },
            };
        }

        await stream.AuthenticateAsServerAsync(options);
        await stream.WriteAsync("hello"u8.ToArray());
        return (stream.RemoteCertificate?.Subject, stream.TargetHostName);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }
}
