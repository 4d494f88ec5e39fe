using Microsoft.AspNetCore.Http.Features;
using Sidecars.Ambassador.Caching;
using Sidecars.Ambassador.Http;
using Sidecars.Ambassador.Options;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Explaining;

/// <summary>
/// Puts a sample request through the routing and the transforms that serve real ones, and tells what they made of it. There
/// is no second opinion of the rules that could differ from what happens.
/// </summary>
internal static class RequestExplainer
{
    /// <param name="services">All HTTP services.</param>
    /// <param name="service">The one whose listener the request comes in on.</param>
    /// <param name="request">The request.</param>
    /// <param name="dns">How names are resolved; null: they are not.</param>
    /// <param name="cancellation">Ends the questions to the DNS.</param>
    /// <returns>The text, and whether a route fits.</returns>
    public static async Task<(string Text, bool IsRouted)> ExplainAsync(
        IReadOnlyList<ServiceOptions> services, ServiceOptions service, SampleRequest request, DnsOptions? dns, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddProxy(services);
        await using var app = builder.Build();
        var metrics = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());
        var factory = new HttpRouteFactory(new HttpMetrics(metrics), new Caches(new CacheMetrics(metrics), TimeProvider.System), TimeProvider.System);
        var context = ContextOf(app.Services, request);
        context.Features.Set(new ServiceListener { Service = factory.ServiceOf(service) });

        await RoutingOf(app.Services)(context);

        var report = new RequestReport(service, request);
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is not { } route)
        {
            return (report.WithoutRoute(), false);
        }

        var options = service.Http!.Routes.Find(r => ProxyRoutes.IdOf(service.Name, r) == route.Config.RouteId);
        var upstreams = options is { Upstreams.Count: > 0 } ? options.Upstreams : service.Http.Upstreams;
        using var sent = new HttpRequestMessage(new HttpMethod(request.Method), (Uri?)null);
        await route.Transformer.TransformRequestAsync(context, sent, upstreams[0].Address, CancellationToken.None);
        var resolved = dns is null ? [] : await ResolvedUpstreams.OfAsync(upstreams, dns, cancellation);
        return (report.WithRoute(options, upstreams, resolved, sent), true);
    }

    /// <summary>The routing of the data plane without what follows it.</summary>
    private static RequestDelegate RoutingOf(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.Use((HttpContext _, RequestDelegate _) => Task.CompletedTask);
        app.UseEndpoints(endpoints => endpoints.MapReverseProxy());
        return app.Build();
    }

    private static DefaultHttpContext ContextOf(IServiceProvider services, SampleRequest sample)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        var request = context.Request;
        request.Method = sample.Method;
        request.Protocol = HttpProtocol.Http11;
        request.Scheme = sample.Uri.Scheme;
        request.Host = new HostString(sample.Uri.Authority);
        request.Path = PathString.FromUriComponent(sample.Uri);
        request.QueryString = QueryString.FromUriComponent(sample.Uri);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = sample.Uri.PathAndQuery;
        foreach (var (name, value) in sample.Headers)
        {
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Host = new HostString(value);
            }
            else
            {
                request.Headers.Append(name, value);
            }
        }

        return context;
    }
}
