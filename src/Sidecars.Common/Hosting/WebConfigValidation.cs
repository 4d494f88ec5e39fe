using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Access;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Common.Hosting;

/// <summary>What the types of a web configuration cannot say; the rules are the toolkit's, and the keys that cannot be honoured are refused.</summary>
internal static class WebConfigValidation
{
    private const string Tls = "tls_server_config";

    // those that a client may not set anew, or that belong to the connection
    private static readonly string[] OwnHeaders = ["content-length", "content-type", "content-encoding", "transfer-encoding", "connection", "date", "www-authenticate"];

    public static void Check(WebConfigOptions options, string folder, ProblemList problems)
    {
        foreach (var (user, hash) in options.BasicAuthUsers)
        {
            CheckUser(user, hash, problems);
        }

        foreach (var (name, value) in options.HttpServerConfig.Headers)
        {
            CheckHeader(name, value, problems);
        }

        if (options.TlsServerConfig.IsOn)
        {
            CheckTls(options.TlsServerConfig, folder, problems);
        }
    }

    private static void CheckUser(string user, Secret hash, ProblemList problems)
    {
        var at = $"basic_auth_users.{user}";
        if (user.Length == 0 || user.Contains(':', StringComparison.Ordinal))
        {
            problems.Add(at, "a user's name is not empty and has no colon (RFC 7617)");
        }

        if (!PasswordCheck.IsHash(hash.Reveal()))
        {
            problems.Add(at, "this is no bcrypt hash, which begins with $2; make one with htpasswd -nBC 10 '' or the like");
        }
    }

    private static void CheckHeader(string name, string value, ProblemList problems)
    {
        var at = $"http_server_config.headers.{name}";
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            problems.Add(at, $"'{name}' is not a header field's name; letters, digits and - are allowed");
        }
        else if (OwnHeaders.Contains(name.ToLowerInvariant()))
        {
            problems.Add(at, $"{name} is what each answer says of itself; leave it out");
        }

        if (value.Any(character => char.IsControl(character) || character > '~'))
        {
            problems.Add(at, "a header field's value is printable ASCII");
        }
    }

    private static void CheckTls(WebTlsOptions tls, string folder, ProblemList problems)
    {
        if (tls.CurvePreferences.Count > 0)
        {
            problems.Add($"{Tls}.curve_preferences", "curves cannot be chosen here; leave it out, and those of the system's OpenSSL are offered");
        }

        if (tls.MinVersion > tls.MaxVersion)
        {
            problems.Add($"{Tls}.max_version", "this is older than min_version; write TLS13, or leave both out");
        }

        for (var i = 0; i < tls.CipherSuites.Count; i++)
        {
            if (!Enum.TryParse<TlsCipherSuite>(tls.CipherSuites[i], out _))
            {
                problems.Add($"{Tls}.cipher_suites[{i}]", $"'{tls.CipherSuites[i]}' is not the IANA name of a cipher suite, for example TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
            }
        }

        CheckPair(tls, problems);
        CheckClients(tls, problems);
        if (problems.IsEmpty)
        {
            CheckFiles(tls, folder, problems);
        }
    }

    private static void CheckPair(WebTlsOptions tls, ProblemList problems)
    {
        foreach (var (file, text, given) in ((string, string, int)[])
        [
            ("cert_file", "cert", Given(tls.CertFile) + Given(tls.Cert)),
            ("key_file", "key", Given(tls.KeyFile) + Given(tls.Key?.Reveal())),
        ])
        {
            if (given != 1)
            {
                problems.Add(given == 0 ? Tls : $"{Tls}.{text}", $"TLS needs either {file} or {text}");
            }
        }

        if (Given(tls.ClientCa) + Given(tls.ClientCaFile) > 1)
        {
            problems.Add($"{Tls}.client_ca", "either client_ca_file or client_ca is expected, not both");
        }
    }

    private static void CheckClients(WebTlsOptions tls, ProblemList problems)
    {
        var verifies = tls.ClientAuthType is ClientCertificates.VerifiedIfGiven or ClientCertificates.VerifiedRequired;
        var hasAuthorities = Given(tls.ClientCa) + Given(tls.ClientCaFile) > 0;
        if (hasAuthorities && !verifies)
        {
            problems.Add($"{Tls}.client_auth_type", "the authorities of clients are given and none is asked for; write RequireAndVerifyClientCert, or leave client_ca_file out");
        }

        if (verifies && !hasAuthorities)
        {
            problems.Add($"{Tls}.client_auth_type", "clients are to be verified and there is no authority; add client_ca_file");
        }

        if (tls.ClientAllowedSans.Count > 0 && tls.ClientAuthType != ClientCertificates.VerifiedRequired)
        {
            problems.Add($"{Tls}.client_allowed_sans", "names count for nothing where nobody vouches for them; write client_auth_type: RequireAndVerifyClientCert");
        }
    }

    private static void CheckFiles(WebTlsOptions tls, string folder, ProblemList problems)
    {
        try
        {
            new WebTls(tls, folder, TimeProvider.System, NullLogger.Instance).ForConnection();
        }
        catch (AuthenticationException e)
        {
            problems.Add(Tls, e.Message);
        }
    }

    private static int Given(string? text) => text is { Length: > 0 } ? 1 : 0;
}
