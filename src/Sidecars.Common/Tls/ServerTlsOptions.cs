using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sidecars.Common.Tls;

/// <summary>How the connections that come in on a listener are secured.</summary>
public class ServerTlsOptions
{
    /// <summary>A PEM file with the server's certificate and, behind it, its intermediates.</summary>
    [Description("A PEM file with the listener's certificate, intermediates behind it; read again when it changes.")]
    [Required]
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the unencrypted private key of the certificate.</summary>
    [Description("A PEM file with the private key of the certificate, not encrypted; read again when it changes.")]
    [Required]
    public string? Key { get; set; }

    /// <summary>A PEM file with the authorities of which clients must show a certificate.</summary>
    [Description("A PEM file with authorities: clients must show a certificate of one of them (mTLS); read again when it changes. Default: clients show none.")]
    public string? ClientCa { get; set; }

    /// <summary>The oldest version of TLS that is spoken.</summary>
    [Description("The oldest version of TLS to speak: 1.2 or 1.3. Default: 1.2.")]
    public TlsVersion MinVersion { get; set; } = TlsVersion.Tls12;

    /// <summary>What types cannot say: mistakes as key (within this mapping) and message. Whether files can be read shows at the first connection.</summary>
    /// <returns>Every mistake; empty when there is none.</returns>
    public IEnumerable<(string Key, string Message)> Problems()
    {
        foreach (var (key, path) in new[] { ("certificate", Certificate), ("key", Key), ("client_ca", ClientCa) })
        {
            if (path is not null && !path.StartsWith('/'))
            {
                yield return (key, $"'{path}' is not an absolute path; begin it with '/'");
            }
        }
    }
}
