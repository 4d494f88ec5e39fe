using System.ComponentModel;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>What requests of an HTTP service are given, so that the application holds no secret. Exactly one of the kinds is set.</summary>
internal sealed class CredentialOptions
{
    [Description("A token for the header Authorization: Bearer; with ${file:/path} it follows the file.")]
    public Secret? Bearer { get; set; }

    [Description("A user and a password for the header Authorization: Basic.")]
    public BasicCredentialOptions? Basic { get; set; }

    [Description("A header of any name, such as an API key's.")]
    public HeaderCredentialOptions? Header { get; set; }

    [Description("Tokens that an authorization server gives for a client's id and secret (OAuth 2.0 client credentials).")]
    public OAuth2Options? Oauth2 { get; set; }

    /// <summary>Every mistake, as key within this mapping (empty: the mapping itself) and message.</summary>
    public IEnumerable<(string Key, string Message)> Problems()
    {
        if (new object?[] { Bearer, Basic, Header, Oauth2 }.Count(kind => kind is not null) != 1)
        {
            yield return ("", "needs exactly one of bearer, basic, header and oauth2");
        }

        if (Header is { } header && (header.Name.Length == 0 || !header.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            yield return ("header.name", $"'{header.Name}' is not the name of a header; use letters, digits, '-' and '_'");
        }

        if (Basic?.Username.Contains(':', StringComparison.Ordinal) == true)
        {
            yield return ("basic.username", "holds a ':', which would end it (RFC 7617)");
        }

        foreach (var problem in Oauth2?.Problems() ?? [])
        {
            yield return problem;
        }
    }
}

/// <summary>A user and a password (RFC 7617).</summary>
internal sealed class BasicCredentialOptions
{
    [Description("The user.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Username { get; set; } = "";

    [Description("The password; with ${file:/path} it follows the file.")]
    [System.ComponentModel.DataAnnotations.Required]
    public Secret? Password { get; set; }
}

/// <summary>A header that holds a secret.</summary>
internal sealed class HeaderCredentialOptions
{
    [Description("The header's name, such as X-Api-Key.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string Name { get; set; } = "";

    [Description("Its value; with ${file:/path} it follows the file.")]
    [System.ComponentModel.DataAnnotations.Required]
    public Secret? Value { get; set; }
}

/// <summary>Where tokens come from (RFC 6749, 4.4).</summary>
internal sealed class OAuth2Options
{
    [Description("The token endpoint: https://host/path.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string TokenUrl { get; set; } = "";

    [Description("The client's id.")]
    [System.ComponentModel.DataAnnotations.Required]
    public string ClientId { get; set; } = "";

    [Description("The client's secret; with ${file:/path} it follows the file.")]
    [System.ComponentModel.DataAnnotations.Required]
    public Secret? ClientSecret { get; set; }

    [Description("The scopes to ask for, separated by spaces. Default: none, the server decides.")]
    public string? Scope { get; set; }

    [Description("The audience to ask for, which some servers want. Default: none.")]
    public string? Audience { get; set; }

    [Description("Where id and secret go. basic: into the header Authorization. body: into the form. Default: basic.")]
    public OAuth2ClientAuthentication Authentication { get; set; } = OAuth2ClientAuthentication.Basic;

    [Description("The longest time for one request for a token, and the longest that a request of the application waits for the first one. Default: 5s.")]
    [AllowedRange("100ms", "1m")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("TLS to the token endpoint. Default: checked by the system's authorities.")]
    public UpstreamTlsOptions? Tls { get; set; }

    /// <summary>Every mistake, as key within the credentials and message.</summary>
    public IEnumerable<(string Key, string Message)> Problems()
    {
        if (!(Uri.TryCreate(TokenUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return ("oauth2.token_url", $"'{TokenUrl}' is not an address; write https://host/path");
        }

        foreach (var (key, message) in Tls?.AllProblems() ?? [])
        {
            yield return ($"oauth2.tls.{key}", message);
        }
    }
}

/// <summary>How a client tells an authorization server who it is (RFC 6749, 2.3.1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OAuth2ClientAuthentication>))]
internal enum OAuth2ClientAuthentication
{
    [JsonStringEnumMemberName("basic")]
    Basic,

    [JsonStringEnumMemberName("body")]
    Body,
}
