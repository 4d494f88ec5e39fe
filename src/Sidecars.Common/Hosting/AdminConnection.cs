using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sidecars.Common.Hosting;

/// <summary>Marks every connection of the admin listener, whether it is a TCP port or a Unix socket.</summary>
internal sealed class AdminConnection
{
    private static readonly AdminConnection Whole = new();
    private static readonly AdminConnection HealthAlone = new();

    public static void Mark(ListenOptions listen) => Mark(listen, Whole);

    /// <summary>Marks those of the second listener, on which health alone is told.</summary>
    public static void MarkPlain(ListenOptions listen) => Mark(listen, HealthAlone);

    public static bool IsOne(HttpContext context) => context.Features.Get<AdminConnection>() == Whole;

    public static bool IsPlain(HttpContext context) => context.Features.Get<AdminConnection>() == HealthAlone;

    private static void Mark(ListenOptions listen, AdminConnection kind) => listen.Use(next => connection =>
    {
        connection.Features.Set(kind);
        return next(connection);
    });
}
