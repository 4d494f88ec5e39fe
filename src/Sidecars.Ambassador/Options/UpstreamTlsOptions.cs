using System.ComponentModel;
using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Options;

/// <summary>How connections to the servers of a service are secured.</summary>
internal sealed class UpstreamTlsOptions : ClientTlsOptions
{
    [Description("The names of which the server's certificate must have one, instead of the host's: DNS names, or URIs as of SPIFFE (spiffe://example.org/db). Default: none, the host's name counts.")]
    public List<string> Names { get; set; } = [];

    /// <summary>Every mistake, as key within this mapping and message.</summary>
    public IEnumerable<(string Key, string Message)> AllProblems()
    {
        foreach (var problem in Problems())
        {
            yield return problem;
        }

        if (Names.Count > 0 && InsecureSkipVerify)
        {
            yield return ("names", "with insecure_skip_verify, no name would ever be looked at; leave one of them out");
        }

        for (var i = 0; i < Names.Count; i++)
        {
            var isName = Names[i].Contains("://", StringComparison.Ordinal) ? Uri.IsWellFormedUriString(Names[i], UriKind.Absolute) : Uri.CheckHostName(Names[i]) != UriHostNameType.Unknown;
            if (!isName)
            {
                yield return ($"names[{i}]", $"'{Names[i]}' is neither a DNS name nor a URI, such as db.example.com or spiffe://example.org/db");
            }
        }
    }
}
