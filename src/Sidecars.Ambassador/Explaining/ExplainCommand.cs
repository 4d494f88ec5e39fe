using System.CommandLine;
using System.Net;
using Sidecars.Ambassador.Options;
using Sidecars.Common.Hosting;

namespace Sidecars.Ambassador.Explaining;

/// <summary><c>ambassador explain GET http://127.0.0.1:8081/items/42</c>.</summary>
internal static class ExplainCommand
{
    public static ConfiguredCommand<AmbassadorOptions> Create()
    {
        var method = new Argument<string>("METHOD") { Description = "The request's method, such as GET." };
        var url = new Argument<string>("URL") { Description = "What the application calls, such as http://127.0.0.1:8081/items/42?x=1; host and port say which service." };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header of the request: 'Name: value'. May be given several times." };
        var service = new Option<string?>("--service", "-s") { Description = "The service by its name, where the URL does not say it, as with a Unix socket." };
        var noResolve = new Option<bool>("--no-resolve") { Description = "Do not ask the DNS where the upstreams' names lead." };
        var command = new Command("explain", "Show what would become of an HTTP request: service, route, what is sent where, and which policies hold. Nothing is sent; only the DNS is asked.") { method, url, headers, service, noResolve };
        return new ConfiguredCommand<AmbassadorOptions>(
            command,
            (options, parsed, cancellation) => RunAsync(
                options,
                new Question(parsed.GetValue(method)!, parsed.GetValue(url)!, parsed.GetValue(headers) ?? [], parsed.GetValue(service), !parsed.GetValue(noResolve)),
                cancellation));
    }

    private static async Task<int> RunAsync(AmbassadorOptions options, Question question, CancellationToken cancellation)
    {
        var (method, url, headers, name, isResolved) = question;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return await FailAsync($"'{url}' is not a URL; write http://127.0.0.1:8081/path");
        }

        if (Array.Find(headers, h => h.IndexOf(':', StringComparison.Ordinal) <= 0) is { } wrong)
        {
            return await FailAsync($"'{wrong}' is not a header; write 'Name: value'");
        }

        var services = options.AllServices().Where(s => s.Http is not null).ToList();
        if (services.Find(s => name is null ? ListensAt(s, uri) : s.Name == name) is not { } service)
        {
            var known = string.Join(", ", services.Select(s => $"{s.Name} ({s.Listen})"));
            return await FailAsync(name is null ? $"no HTTP service listens on {uri.Authority}; services: {known}" : $"there is no HTTP service {name}; services: {known}");
        }

        var request = new SampleRequest(method.ToUpperInvariant(), uri, [.. headers.Select(h => h.Split(':', 2)).Select(h => (h[0].Trim(), h[1].Trim()))]);
        var verdict = await RequestExplainer.ExplainAsync(services, service, request, isResolved ? options.Dns : null, cancellation);
        await Console.Out.WriteAsync(verdict.Text);
        return verdict.IsRouted ? ExitCodes.Success : ExitCodes.Failure;
    }

    /// <summary>The command line.</summary>
    private sealed record Question(string Method, string Url, string[] Headers, string? Service, bool IsResolved);

    private static bool ListensAt(ServiceOptions service, Uri uri) =>
        service.Listen!.EndPoint is IPEndPoint ip
        && ip.Port == uri.Port
        && (!IPAddress.TryParse(uri.DnsSafeHost, out var address) || address.Equals(ip.Address) || ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any));

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"ambassador: {message}");
        return ExitCodes.BadUsage;
    }
}

/// <summary>A request that is only thought of.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Uri">What the application calls.</param>
/// <param name="Headers">More headers than Host.</param>
internal sealed record SampleRequest(string Method, Uri Uri, IReadOnlyList<(string Name, string Value)> Headers);
