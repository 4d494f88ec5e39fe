using System.Globalization;
using Sidecars.Common.Hosting;

namespace Sidecars.Ambassador.Caching;

/// <summary><c>POST /cache/purge?service=&amp;path=</c> on the admin port, from inside the pod.</summary>
internal static class CachePurge
{
    public static void MapCachePurge(this IEndpointRouteBuilder admin) => admin.MapPost("/cache/purge", LoopbackOnly.Guard(context =>
    {
        var caches = context.RequestServices.GetRequiredService<Caches>();
        var query = context.Request.Query;
        if (caches.Purge(Value(query, "service"), Value(query, "path")) is { } count)
        {
            return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"purged {count}\n"), context.RequestAborted);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync("no service of this name has a cache\n", context.RequestAborted);
    }));

    private static string? Value(IQueryCollection query, string name) => query.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
}
