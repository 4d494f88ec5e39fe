using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Tls;

/// <summary>Secures the connections to the servers of one service. Changed files hold for new connections.</summary>
internal sealed class UpstreamTls(UpstreamTlsOptions options, TimeProvider time, ILogger logger)
{
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>uniformResourceIdentifier [6] of a GeneralName (RFC 5280, 4.2.1.6).</summary>
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    private readonly ClientTls _tls = new(options, time, logger);

    /// <summary>
    /// Secures a connection that stands. Throws <see cref="System.Security.Authentication.AuthenticationException"/> or <see cref="IOException"/>; the stream is then disposed.
    /// </summary>
    /// <param name="stream">The connection.</param>
    /// <param name="host">The host that it leads to.</param>
    /// <param name="protocols">Application protocols to offer (ALPN); none when empty.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The secured stream, which owns the connection.</returns>
    public async Task<SslStream> SecureAsync(Stream stream, string host, IReadOnlyList<SslApplicationProtocol> protocols, CancellationToken cancellation)
    {
        var secured = new SslStream(stream);
        try
        {
            var ssl = _tls.For(host);
            ssl.ApplicationProtocols = protocols.Count == 0 ? null : [.. protocols];
            if (options.Names.Count > 0)
            {
                ssl.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                    (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == 0 && certificate is X509Certificate2 shown && IsForOneOf(shown, options.Names);
            }

            await secured.AuthenticateAsClientAsync(ssl, cancellation);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a certificate is for one of the names.</summary>
    internal static bool IsForOneOf(X509Certificate2 certificate, IReadOnlyList<string> names)
    {
        var uris = UrisOf(certificate);
        return names.Any(name => name.Contains("://", StringComparison.Ordinal)
            ? uris.Contains(name)
            : certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false));
    }

    private static List<string> UrisOf(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        if (certificate.Extensions[SubjectAlternativeName] is { } extension)
        {
            var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                if (names.PeekTag().HasSameClassAndValue(UriTag))
                {
                    uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                }
                else
                {
                    names.ReadEncodedValue();
                }
            }
        }

        return uris;
    }
}
