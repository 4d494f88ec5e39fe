using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tls;

namespace Sidecars.Ambassador.Tests.Tls;

public sealed class UpstreamTlsTests
{
    [Theory]
    [InlineData("spiffe://example.org/db", true)]
    [InlineData("spiffe://example.org/web", false)]
    [InlineData("db.example.com", true)]
    [InlineData("a.b.example.com", false)]
    [InlineData("example.org", false)]
    public void Name_IsFoundAmongThoseOfTheCertificate(string name, bool expected)
    {
        using var certificate = Certificate();
        Assert.Equal(expected, UpstreamTls.IsForOneOf(certificate, ["other.invalid", name]));
    }

    [Theory]
    [InlineData("db.example.com", null)]
    [InlineData("spiffe://example.org/db", null)]
    [InlineData("not a name", "names[0]")]
    public void Problems_NameWhatIsNoName(string name, string? key) =>
        Assert.Equal(key, new UpstreamTlsOptions { Names = [name] }.AllProblems().Select(p => p.Key).SingleOrDefault());

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example.org", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("*.example.com");
        names.AddUri(new Uri("spiffe://example.org/db"));
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
