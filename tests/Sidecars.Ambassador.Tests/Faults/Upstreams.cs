namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>Three real nginx, each at the end of a path of its own.</summary>
internal sealed class Upstreams : IAsyncDisposable
{
    private readonly NginxServer[] _servers;
    private readonly TroubledPath[] _paths;

    private Upstreams(NginxServer[] servers) => (_servers, _paths) = (servers, [.. servers.Select(s => new TroubledPath(s.Port))]);

    public IReadOnlyList<NginxServer> Servers => _servers;

    public IReadOnlyList<TroubledPath> Paths => _paths;

    /// <summary>The servers' addresses, as a list in the configuration.</summary>
    public string Direct => Addresses(_servers.Select(s => s.Port));

    /// <summary>Those at which the servers are reached by way of the paths.</summary>
    public string ByPath => Addresses(_paths.Select(p => p.Port));

    public static async Task<Upstreams> StartAsync() =>
        new([await NginxServer.StartAsync(), await NginxServer.StartAsync(), await NginxServer.StartAsync()]);

    /// <summary>Starts a server anew that was killed or stopped, on the port that it had.</summary>
    public async Task RestartAsync(int server)
    {
        var port = _servers[server].Port;
        await _servers[server].DisposeAsync();
        _servers[server] = await NginxServer.StartAsync(new NginxSettings { Port = port });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var path in _paths)
        {
            path.Dispose();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private static string Addresses(IEnumerable<int> ports) => string.Join(", ", ports.Select(p => $"'http://127.0.0.1:{p}'"));
}
