using System.ComponentModel;

namespace Sidecars.Common.Tls;

/// <summary>How a connection to a server is secured; <c>tls: {}</c> checks the server against the authorities of the system.</summary>
public class ClientTlsOptions
{
    /// <summary>A PEM file with the authorities to trust instead of the system's.</summary>
    [Description("A PEM file with the certificates of the authorities to trust, instead of the system's; read again when it changes. Default: the system's.")]
    public string? Ca { get; set; }

    /// <summary>A PEM file with the client's certificate and, behind it, its intermediates.</summary>
    [Description("A PEM file with the certificate to show to the server, intermediates behind it (mTLS); read again when it changes. Default: none.")]
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the unencrypted private key of the certificate.</summary>
    [Description("A PEM file with the private key of the certificate, not encrypted; read again when it changes. Default: none.")]
    public string? Key { get; set; }

    /// <summary>The name that the server's certificate must have, also sent as SNI.</summary>
    [Description("The name that the server's certificate must be for, also sent as SNI. Default: the host that is connected to.")]
    public string? ServerName { get; set; }

    /// <summary>The oldest version of TLS that is spoken.</summary>
    [Description("The oldest version of TLS to speak: 1.2 or 1.3. Default: 1.2.")]
    public TlsVersion MinVersion { get; set; } = TlsVersion.Tls12;

    /// <summary>Takes any certificate of the server.</summary>
    [Description("Takes whatever certificate the server shows: encrypted, but anyone may be at the other end. Default: false.")]
    public bool InsecureSkipVerify { get; set; }

    /// <summary>What types cannot say: mistakes as key (within this mapping) and message. Whether files can be read shows at the first connection.</summary>
    /// <returns>Every mistake; empty when there is none.</returns>
    public IEnumerable<(string Key, string Message)> Problems()
    {
        if (Certificate is not null && Key is null)
        {
            yield return ("certificate", "a certificate needs its private key too; add 'key'");
        }

        if (Key is not null && Certificate is null)
        {
            yield return ("key", "a private key needs its certificate too; add 'certificate'");
        }

        if (InsecureSkipVerify && Ca is not null)
        {
            yield return ("insecure_skip_verify", "with this, 'ca' would never be looked at; leave one of them out");
        }

        foreach (var (key, path) in new[] { ("ca", Ca), ("certificate", Certificate), ("key", Key) })
        {
            if (path is not null && !path.StartsWith('/'))
            {
                yield return (key, $"'{path}' is not an absolute path; begin it with '/'");
            }
        }
    }
}
