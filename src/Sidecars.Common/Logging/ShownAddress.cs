namespace Sidecars.Common.Logging;

/// <summary>An address for logs and people.</summary>
public static class ShownAddress
{
    /// <summary>Scheme, host, port and path: without user, password and query, which may be secrets.</summary>
    /// <param name="uri">An absolute address.</param>
    /// <exception cref="InvalidOperationException">The address is relative.</exception>
    public static string Of(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.SafeUnescaped);
}
