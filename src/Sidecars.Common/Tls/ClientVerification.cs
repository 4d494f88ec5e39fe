using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Sidecars.Common.Tls;

/// <summary>Which clients a listener takes.</summary>
/// <param name="Asked">What their certificate must be.</param>
/// <param name="Names">Of these, one must be among the certificate's subject alternative names; empty for no matter which.</param>
internal sealed record ClientVerification(ClientCertificates Asked, IReadOnlyList<string> Names)
{
    /// <summary>Whether clients are asked for a certificate at all.</summary>
    public bool IsOn => Asked != ClientCertificates.None;

    /// <summary>Whether a client without a certificate is turned away.</summary>
    public bool IsRequired => Asked is ClientCertificates.AnyRequired or ClientCertificates.Required or ClientCertificates.VerifiedRequired;

    private bool IsVerified => Asked is ClientCertificates.VerifiedIfGiven or ClientCertificates.VerifiedRequired;

    /// <summary>Judges what a client showed; the chain was built by the options of the handshake.</summary>
    public bool Accepts(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return !IsRequired;
        }

        if (IsVerified && errors != SslPolicyErrors.None)
        {
            return false;
        }

        return Names.Count == 0 || (certificate is X509Certificate2 full && SubjectNames.Of(full).Any(name => Names.Contains(name)));
    }
}
