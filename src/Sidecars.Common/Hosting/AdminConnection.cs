using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sidecars.Common.Hosting;

/// <summary>Marks every connection of the admin listener, whether it is a TCP port or a Unix socket.</summary>
internal sealed class AdminConnection
{
    private static readonly AdminConnection Instance = new();

    public static void Mark(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(Instance);
        return next(connection);
    });

    public static bool IsOne(HttpContext context) => context.Features.Get<AdminConnection>() is not null;
}
