using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sidecars.Common.Tls;

/// <summary>
/// The names that a certificate is for: its subject alternative names of the kinds DNS, address, e-mail and URI (RFC 5280, 4.2.1.6).
/// The framework tells the first two kinds only.
/// </summary>
internal static class SubjectNames
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag Email = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag Dns = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag Address = new(TagClass.ContextSpecific, 7);

    /// <summary>The names; none where the extension is missing or cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(e => e.Oid?.Value == SubjectAlternativeName))
            {
                Read(extension.RawData, names);
            }
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            names.Clear();
        }

        return names;
    }

    private static void Read(byte[] extension, List<string> names)
    {
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData)
        {
            var tag = sequence.PeekTag();
            if (tag == Address)
            {
                var bytes = sequence.ReadOctetString(tag);
                if (bytes.Length is 4 or 16)
                {
                    names.Add(new IPAddress(bytes).ToString());
                }
            }
            else if (tag == Email || tag == Dns || tag == Uri)
            {
                names.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag));
            }
            else
            {
                sequence.ReadEncodedValue();
            }
        }
    }
}
