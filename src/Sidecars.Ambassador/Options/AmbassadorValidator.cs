using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Sidecars.Ambassador.Listening;
using Sidecars.Ambassador.Tcp;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>Finds what is wrong in the services, all of it, before a port is bound.</summary>
internal sealed class AmbassadorValidator(ProblemList problems, ListenAddress admin)
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(ListenAddress Address, string Owner)> _listeners = [(admin, "the admin port")];

    public void Check(AmbassadorOptions options)
    {
        var services = options.AllServices();
        var quick = services.Count - options.Services.Count;
        if (options.Listen is not null && quick == 0)
        {
            problems.Add("listen", "has no upstream to stand for; give one with AMBASSADOR_UPSTREAM, --upstream or upstream (http://host:port or tcp://host:port), or remove it: each of services has a listen of its own");
        }
        else if (services.Count == 0)
        {
            problems.Add("services", "no service is configured, so there is nothing to do; add one, or for a quick start give AMBASSADOR_UPSTREAM or --upstream (http://host:port or tcp://host:port)");
        }

        CheckEach(options.Dns.Problems(), "dns");
        for (var i = 0; i < services.Count; i++)
        {
            CheckService(services[i], new Keys(i < quick ? null : $"services[{i - quick}]"));
        }
    }

    /// <summary>Whether a text can be a name in logs and metrics; an empty one is told by the binder.</summary>
    internal static bool IsName(string name) => name.Length <= 63 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private void CheckService(ServiceOptions service, Keys keys)
    {
        CheckName(service.Name, keys.Name);
        if (service.Listen is { } listen)
        {
            CheckListen(listen, service.Name, keys.Listen);
        }

        if (service.Http is null == service.Tcp is null)
        {
            problems.Add(keys.Kind, service.Http is null ? "is neither http nor tcp; give it one of both" : "is both http and tcp; give it one of both, and the other a service of its own");
            return;
        }

        CheckUpstreams(service.Http?.Upstreams.ConvertAll(u => u.Address) ?? service.Tcp!.Upstreams.ConvertAll(u => u.Address), service.Http is null ? WhatIsWrongWithTcp : keys.Service is null ? WhatIsWrongWithQuickStart : WhatIsWrongWithHttp, keys);
        if (service.Http is { } http && keys.Service is { } at)
        {
            new HttpValidator(problems, $"{at}.http").Check(http);
            new PolicyValidator(problems, $"{at}.http").Check(http);
            CheckRouteUpstreams(http.Routes, at);
        }

        CheckSecurity(service, keys.Service);
    }

    private void CheckSecurity(ServiceOptions service, string? at)
    {
        CheckEach(service.ListenTls?.Problems(), $"{at}.listen_tls");
        CheckEach(service.Tcp?.Tls?.AllProblems(), $"{at}.tcp.tls");
        CheckEach(service.Http?.Tls?.AllProblems(), $"{at}.http.tls");
        CheckEach(service.Http?.Credentials?.Problems(), $"{at}.http.credentials");
    }

    private void CheckEach(IEnumerable<(string Key, string Message)>? found, string at)
    {
        foreach (var (key, message) in found ?? [])
        {
            problems.Add(key.Length == 0 ? at : $"{at}.{key}", message);
        }
    }

    private void CheckRouteUpstreams(List<HttpRouteOptions> routes, string at)
    {
        for (var i = 0; i < routes.Count; i++)
        {
            CheckEach(routes[i].Upstreams.ConvertAll(u => u.Address), WhatIsWrongWithHttp, index => $"{at}.http.routes[{i}].upstreams[{index}]");
        }
    }

    private void CheckName(string name, string key)
    {
        // a missing name is told by the binder
        if (!IsName(name))
        {
            problems.Add(key, $"'{name}' is not a service name; use letters, digits, '-', '_' and '.', at most 63");
        }
        else if (name.Length > 0 && !_names.TryAdd(name, key))
        {
            problems.Add(key, $"'{name}' is also the name of {_names[name]}; names are unique, whatever their case");
        }
    }

    private void CheckListen(ListenAddress listen, string name, string key)
    {
        if (listen.EndPoint is IPEndPoint && listen.Port == 0)
        {
            problems.Add(key, $"'{listen}' has port 0; the application needs a fixed one, from 1 to 65535");
            return;
        }

        var (taken, owner) = _listeners.Find(l => NewAddresses.Overlap(l.Address, listen));
        if (taken is not null)
        {
            problems.Add(key, $"'{listen}' is already taken by {owner} ({taken}); give each an address of its own");
        }

        _listeners.Add((listen, $"service '{name}'"));
    }

    private void CheckUpstreams(List<string> upstreams, Func<string, string?> whatIsWrong, Keys keys)
    {
        if (upstreams.Count == 0)
        {
            problems.Add(keys.Upstreams(whatIsWrong == WhatIsWrongWithTcp), "is empty; name at least one server");
        }

        CheckEach(upstreams, whatIsWrong, index => keys.Upstream(whatIsWrong == WhatIsWrongWithTcp, index));
    }

    private void CheckEach(List<string> upstreams, Func<string, string?> whatIsWrong, Func<int, string> keyOf)
    {
        var ownAdmin = new OwnAdminPort(admin);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < upstreams.Count; i++)
        {
            var address = upstreams[i];
            var wrong = whatIsWrong(address) ?? WhatIsWrongWithItsPlace(address, ownAdmin) ?? (seen.Add(address) ? null : $"'{address}' stands here twice; name each server once");
            if (wrong is not null)
            {
                problems.Add(keyOf(i), wrong);
            }
        }
    }

    private static string? WhatIsWrongWithItsPlace(string address, OwnAdminPort ownAdmin)
    {
        var (host, port) = IsHttp(address, out var uri) ? (uri.IdnHost, uri.Port)
            : TcpAddress.TryParse(address, out var tcp) && tcp.Unix is null ? (tcp.Host, tcp.Port)
            : ("", 0);
        return ownAdmin.IsNamedBy(host, port)
            ? $"'{address}' is the ambassador's own admin port, to which no service may lead; call it directly, from inside the pod"
            : null;
    }

    /// <summary>tcp:// has been taken for TCP before.</summary>
    private static string? WhatIsWrongWithQuickStart(string address) => IsHttp(address, out _)
        ? WhatIsWrongWithHttp(address)
        : $"'{address}' is not the address of a server; write http://host:port or https://host:port for HTTP, tcp://host:port for anything else";

    private static bool IsHttp(string address, [NotNullWhen(true)] out Uri? uri) =>
        Uri.TryCreate(address, UriKind.Absolute, out uri) && (uri.Scheme is "http" or "https") && uri.Host.Length > 0;

    private static string? WhatIsWrongWithHttp(string address)
    {
        if (!IsHttp(address, out var uri))
        {
            return $"'{address}' is not the address of an HTTP server; write http://host, http://host:port or https://..., or for a server that does not speak HTTP give the service tcp instead of http";
        }

        return uri switch
        {
            { UserInfo.Length: > 0 } => "holds a user or password, which would be visible in logs; remove it",
            { Query.Length: > 0 } or { Fragment.Length: > 0 } => $"'{address}' has a query or a fragment; only a path may follow the host",
            _ => null,
        };
    }

    private static string? WhatIsWrongWithTcp(string address)
    {
        if (TcpAddress.TryParse(address, out _))
        {
            return null;
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? $"'{address}' is a URL; a TCP server is host:port, such as db.example.com:3306"
            : $"'{address}' is not host:port with a port from 1 to 65535, such as db.example.com:3306 or [2001:db8::1]:3306, nor unix:/path";
    }

    /// <summary>Where the parts of a service stand: below services, or at the root for the quick start.</summary>
    private readonly record struct Keys(string? Service)
    {
        public string Name => Service is null ? "upstream" : $"{Service}.name";

        public string Listen => Service is null ? "listen" : $"{Service}.listen";

        public string Kind => Service ?? "upstream";

        public string Upstreams(bool tcp) => Service is null ? "upstream" : $"{Service}.{(tcp ? "tcp" : "http")}.upstreams";

        public string Upstream(bool tcp, int index) => Service is null ? "upstream" : $"{Upstreams(tcp)}[{index}]";
    }
}
