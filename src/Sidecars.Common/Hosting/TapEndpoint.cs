using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sidecars.Common.Expressions;
using Sidecars.Common.Tapping;

namespace Sidecars.Common.Hosting;

/// <summary>
/// <c>/tap?where=EXPRESSION&amp;n=NUMBER</c>: JSON lines of what passes, until so many were shown, the caller leaves or the process ends.
/// What the caller was too slow for is told between the lines: <c>{"tap":{"missed":12}}</c>.
/// </summary>
internal static class TapEndpoint
{
    /// <summary>How long a reader may take for the last lines when the process ends.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    public static void Map<T>(IEndpointRouteBuilder admin, Tap<T> tap)
        where T : class
    {
        var lifetime = admin.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        var time = admin.ServiceProvider.GetRequiredService<TimeProvider>();
        admin.MapGet("/tap", LoopbackOnly.Guard(context => AnswerAsync(context, tap, time, lifetime.ApplicationStopping)));
    }

    private static async Task AnswerAsync<T>(HttpContext context, Tap<T> tap, TimeProvider time, CancellationToken stopping)
        where T : class
    {
        if (Mistake(context.Request.Query, tap, out var topic, out var where, out var most) is { } mistake)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, mistake).ConfigureAwait(false);
            return;
        }

        using var listener = tap.Point.Listen(topic);
        if (listener is null)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, $"{TapPoint<T>.MostListeners} listen already; end one of them").ConfigureAwait(false);
            return;
        }

        // a reader may be as slow as it likes: it is told what it missed
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        using var format = tap.Format(where);
        context.Response.ContentType = "application/x-ndjson";
        var session = new Session<T>(listener, format, context.Response.BodyWriter) { Left = most };
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await RunAsync(context, session, time, stopping).ConfigureAwait(false);
    }

    private static async Task RunAsync<T>(HttpContext context, Session<T> session, TimeProvider time, CancellationToken stopping)
        where T : class
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await session.CopyAsync(waits: true, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // the caller has left
        }
        catch (OperationCanceledException)
        {
            await SayFarewellAsync(context, session, time).ConfigureAwait(false);
        }
    }

    private static async Task SayFarewellAsync<T>(HttpContext context, Session<T> session, TimeProvider time)
        where T : class
    {
        using var deadline = new CancellationTokenSource(Farewell, time);
        try
        {
            await session.CopyAsync(waits: false, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the process does not wait for one who does not read
            context.Abort();
        }
    }

    private static string? Mistake<T>(IQueryCollection query, Tap<T> tap, out string? topic, out Expression? where, out int most)
        where T : class
    {
        (topic, where, most) = (query[tap.Topic], null, int.MaxValue);
        var topics = tap.Topics().ToList();
        topic ??= tap.IsOneTopic ? topics.FirstOrDefault() : null;
        if (topic is not null && !topics.Contains(topic))
        {
            return $"there is no {tap.Topic} '{topic}'; there is: {string.Join(", ", topics)}";
        }

        if (query["n"] is [{ } number] && (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most == 0))
        {
            return $"n: '{number}' is not a number of 1 or more";
        }

        if (query["where"] is not [{ } text])
        {
            return null;
        }

        if (!Expression.TryCompile(text, out where, out var error))
        {
            return $"where: {error}";
        }

        return where.Fields.FirstOrDefault(field => tap.Fields?.Contains(field, StringComparer.OrdinalIgnoreCase) == false) is { } unknown
            ? $"where: there is no field '{unknown}'; there is: {string.Join(", ", tap.Fields!)}"
            : null;
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason + "\n", context.RequestAborted);
    }

    private sealed class Session<T>(TapListener<T> listener, TapFormat<T> format, PipeWriter output)
        where T : class
    {
        public int Left { get; set; }

        /// <summary>Until the listener had enough, or with <paramref name="waits"/> off, has all there is.</summary>
        public async Task CopyAsync(bool waits, CancellationToken end)
        {
            do
            {
                await output.FlushAsync(end).ConfigureAwait(false);
                while (Left > 0 && listener.TryRead(out var item))
                {
                    Left -= format.Write(item, output, Left);
                    await output.FlushAsync(end).ConfigureAwait(false);
                }

                if (listener.TakeMissed() is > 0 and var missed)
                {
                    output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"tap\":{{\"missed\":{missed}}}}}\n")));
                    await output.FlushAsync(end).ConfigureAwait(false);
                }

                if (waits && Left > 0)
                {
                    await listener.WaitAsync(end).ConfigureAwait(false);
                }
            }
            while (waits && Left > 0);
        }
    }
}
