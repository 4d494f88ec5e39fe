using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sidecars.Common.Access;

namespace Sidecars.Common.Hosting;

/// <summary>Lets those in whom the web configuration names. Health is told to everybody: it says little, and the kubelet has no password.</summary>
internal sealed class WebGate(WebConfig config) : IDisposable
{
    private static readonly string[] Health = [AdminEndpoints.Liveness, AdminEndpoints.Readiness, AdminEndpoints.Startup];

    private readonly PasswordCheck _passwords = new();

    /// <summary>Secures a listener, where TLS is wanted.</summary>
    public void Secure(ListenOptions listen)
    {
        var access = config.Current;
        if (access.Tls is null)
        {
            return;
        }

        listen.Protocols = access.IsHttp2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(config.Current.Tls!.ForConnection()) });
    }

    /// <summary>Answers who may not ask; passes the others on.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        var access = config.Current;
        foreach (var (name, value) in access.Headers)
        {
            context.Response.Headers[name] = value;
        }

        switch (await JudgeAsync(context, access).ConfigureAwait(false))
        {
            case Verdict.Right:
                await next(context).ConfigureAwait(false);
                break;
            case Verdict.Busy:
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many passwords are to be checked; try again later").ConfigureAwait(false);
                break;
            default:
                context.Response.Headers.WWWAuthenticate = "Basic";
                await RefuseAsync(context, StatusCodes.Status401Unauthorized, "a user of the web configuration and the password are needed").ConfigureAwait(false);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _passwords.Dispose();

    private ValueTask<Verdict> JudgeAsync(HttpContext context, WebAccess access) =>
        access.Users.Count == 0 || Array.Exists(Health, path => context.Request.Path == path) ? ValueTask.FromResult(Verdict.Right)
        : BasicCredentials.Parse(context.Request.Headers.Authorization) is not { } credentials ? ValueTask.FromResult(Verdict.Wrong)
        : _passwords.CheckAsync(access.Users, credentials, context.RequestAborted);

    private static Task RefuseAsync(HttpContext context, int status, string words)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(words + "\n", context.RequestAborted);
    }
}
