using Microsoft.Net.Http.Headers;
using Sidecars.Ambassador.Http;

namespace Sidecars.Ambassador.Caching;

/// <summary>
/// What is kept of a resource goes when a request may have changed it (RFC 9111, 4.4): before its answer goes out, so that
/// who has that sees the change.
/// </summary>
internal static class Invalidation
{
    public static async Task ForwardAsync(HttpContext context, Exchange exchange, RequestDelegate next)
    {
        var method = context.Request.Method;
        if (exchange.Route.Cache is { } cache)
        {
            cache.Figures.Asked(exchange.CacheResult = "bypass");
        }

        if (HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method))
        {
            await next(context);
            return;
        }

        context.Response.OnStarting(() =>
        {
            if (exchange.Route.Cache is not null)
            {
                CacheStatus.Add(context.Response, CacheStatus.Forwarded("method", stored: false));
            }

            if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
            {
                Invalidate(context, exchange);
            }

            return Task.CompletedTask;
        });
        await next(context);
        if (exchange.Failure is { NothingWasSent: false })
        {
            // nobody knows what the server has made of it
            Invalidate(context, exchange);
        }
    }

    private static void Invalidate(HttpContext context, Exchange exchange)
    {
        if (CacheKey.Of(context, byHost: true) is not { } key)
        {
            return;
        }

        exchange.Service.Caches.Invalidate(key);
        InvalidateNamed(context, exchange, key, HeaderNames.Location);
        InvalidateNamed(context, exchange, key, HeaderNames.ContentLocation);
    }

    /// <summary>A resource that the answer names, where it is of the same server.</summary>
    private static void InvalidateNamed(HttpContext context, Exchange exchange, CacheKey key, string header)
    {
        var named = context.Response.Headers[header].ToString();
        if (named.Length == 0 || !Uri.TryCreate(new Uri($"http://{context.Request.Host.Value ?? "localhost"}"), key.Target, out var asked) || !Uri.TryCreate(asked, named, out var uri))
        {
            return;
        }

        var server = exchange.Upstream is { } upstream && Uri.TryCreate(upstream.Id, UriKind.Absolute, out var address) ? address.Authority : "";
        if (uri.Authority.Equals(asked.Authority, StringComparison.OrdinalIgnoreCase) || uri.Authority.Equals(server, StringComparison.OrdinalIgnoreCase))
        {
            exchange.Service.Caches.Invalidate(key with { Target = uri.PathAndQuery });
        }
    }
}
