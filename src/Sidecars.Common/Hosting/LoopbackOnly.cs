using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sidecars.Common.Hosting;

/// <summary>Keeps calls that change something to the pod itself.</summary>
public static class LoopbackOnly
{
    /// <summary>Answers whoever does not call from loopback, or over a Unix socket, with 403.</summary>
    /// <param name="change">What the others get.</param>
    /// <returns>The guarded endpoint.</returns>
    public static RequestDelegate Guard(RequestDelegate change) => context =>
    {
        if (IsInside(context))
        {
            return change(context);
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("only from inside the pod, on localhost\n", context.RequestAborted);
    };

    /// <summary>Whether a call came from loopback, or over a Unix socket.</summary>
    internal static bool IsInside(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
