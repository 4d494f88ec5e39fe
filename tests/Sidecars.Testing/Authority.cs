using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sidecars.Testing;

/// <summary>A certificate authority of a test's own, made anew each time; certificates come as PEM texts.</summary>
public sealed class Authority : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(30);

    private readonly X509Certificate2 _certificate;

    /// <summary>An authority that vouches for itself.</summary>
    public Authority(string name = "Test Authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRequest(name, key);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow - Validity, DateTimeOffset.UtcNow + Validity);
    }

    private Authority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The authority's certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>An authority that this one vouches for.</summary>
    public Authority Intermediate(string name = "Test Intermediate")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = AuthorityRequest(name, key).Create(_certificate, DateTimeOffset.UtcNow - (Validity / 2), DateTimeOffset.UtcNow + (Validity / 2), RandomNumberGenerator.GetBytes(12));
        return new Authority(signed.CopyWithPrivateKey(key));
    }

    /// <summary>A certificate and its key for a server on loopback, or for a client of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="id">What it is for instead: an identity without a host's name or address, as SPIFFE gives them out.</param>
    public (string Certificate, string Key) Issue(string name, Uri? id = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (id is null)
        {
            names.AddDnsName(name);
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddUri(id);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var signed = request.Create(_certificate, DateTimeOffset.UtcNow - (Validity / 4), DateTimeOffset.UtcNow + (Validity / 4), RandomNumberGenerator.GetBytes(12));
        return (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return request;
    }
}
