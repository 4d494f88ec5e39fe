using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Takes out the headers that a message itself declares to be for one hop only, by naming them in its Connection header
/// (RFC 9110, 7.6.1). Those that always are (Keep-Alive, TE, ...) the forwarder leaves out anyway.
/// </summary>
internal static class HopByHop
{
    private const string Connection = "Connection";

    /// <summary>Options of the connection, which name no header to be removed, and headers without which a message has no meaning.</summary>
    private static readonly string[] Kept = ["close", "keep-alive", "upgrade", "host", "content-length", "transfer-encoding"];

    /// <summary>The step for requests.</summary>
    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        var connection = headers.Connection;
        if (connection.Count > 0 && !IsUsual(connection))
        {
            foreach (var name in NamesIn(connection.ToString()))
            {
                headers.Remove(name);
            }
        }

        return next(context);
    }

    /// <summary>The same for the head of an answer.</summary>
    public static void Remove(HttpResponseHeaders headers)
    {
        if (headers.NonValidated.TryGetValues(Connection, out var connection) && !IsUsual(connection.ToString()))
        {
            foreach (var name in NamesIn(connection.ToString()))
            {
                headers.Remove(name);
            }
        }
    }

    private static bool IsUsual(StringValues connection) =>
        connection.Count == 1 && Array.Exists(Kept, kept => kept.Equals(connection[0], StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> NamesIn(string connection) =>
        connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(name => !Kept.Contains(name, StringComparer.OrdinalIgnoreCase) && name.All(IsTokenCharacter));

    /// <summary>A token of RFC 9110, 5.6.2; anything else can be the name of no header.</summary>
    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
}
