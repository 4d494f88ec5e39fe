using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Enumeration;

namespace Sidecars.Adapter.Probing;

/// <summary>
/// One line of the list of targets that may be probed. Scheme, host, port and path are compared each for itself, as the request will
/// have them: a * for the host can never be satisfied by what stands in the path of another, nor by a user name before it. Between
/// dots of a host it stands for what is between dots, and where the pattern is one of IPv4 addresses nothing else fits: who owns a
/// domain could lead a name that begins like an address anywhere. Alone it is any host.
/// </summary>
internal sealed class TargetPattern
{
    private readonly string _scheme;
    private readonly string _host;
    private readonly string _port;
    private readonly string _path;
    private readonly bool _isOfAddresses;

    private TargetPattern(string scheme, string host, string port, string path)
    {
        (_scheme, _host, _port, _path) = (scheme, host, port, path);
        _isOfAddresses = host.All(character => char.IsAsciiDigit(character) || character is '.' or '*' or '?') && host.Any(char.IsAsciiDigit);
    }

    /// <summary>Reads a pattern, or says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TargetPattern? pattern, [NotNullWhen(false)] out string? mistake)
    {
        pattern = Parse(text);
        mistake = pattern is null ? $"'{text}' is no pattern of addresses; write http://host:port/path, with * for any characters and ? for one" : null;
        return pattern is not null;
    }

    /// <summary>Whether an address is one of these.</summary>
    public bool Matches(Uri address) =>
        address.Scheme == _scheme
        && address.UserInfo.Length == 0
        && IsHost(address)
        && IsLike(_port, address.Port.ToString(CultureInfo.InvariantCulture))
        && IsLike(_path, address.PathAndQuery);

    private bool IsHost(Uri address)
    {
        if (_host == "*")
        {
            return true;
        }

        var (wanted, labels) = (_host.Split('.'), address.Host.Split('.'));
        return wanted.Length == labels.Length
            && (!_isOfAddresses || address.HostNameType == UriHostNameType.IPv4)
            && wanted.Zip(labels).All(pair => IsLike(pair.First, pair.Second));
    }

    private static bool IsLike(string expression, string text) => FileSystemName.MatchesSimpleExpression(expression, text, ignoreCase: false);

    private static TargetPattern? Parse(string text)
    {
        var scheme = text.StartsWith("http://", StringComparison.Ordinal) ? "http" : text.StartsWith("https://", StringComparison.Ordinal) ? "https" : null;
        if (scheme is null || text.AsSpan().ContainsAny("\\@#%"))
        {
            return null;
        }

        var rest = text[(scheme.Length + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash <= 0 ? null : Parse(scheme, rest[..slash].ToLowerInvariant(), rest[slash..]);
    }

    private static TargetPattern? Parse(string scheme, string authority, string path)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon > authority.LastIndexOf(']');
        var port = hasPort ? authority[(colon + 1)..] : scheme == "http" ? "80" : "443";
        var host = hasPort ? authority[..colon] : authority;
        return host.Length == 0 || port.Length == 0 || !port.All(character => char.IsAsciiDigit(character) || character is '*' or '?') ? null
            : new TargetPattern(scheme, host, port, path);
    }
}
