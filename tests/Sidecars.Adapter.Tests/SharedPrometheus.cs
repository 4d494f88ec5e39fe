using Sidecars.Adapter.Tests;
using Sidecars.Testing;

[assembly: AssemblyFixture(typeof(SharedPrometheus))]

namespace Sidecars.Adapter.Tests;

/// <summary>One Prometheus for the whole run of these tests, started when the first test asks for it; each test has targets of its own.</summary>
public sealed class SharedPrometheus : IAsyncDisposable
{
    private readonly Lazy<Task<PrometheusServer>> _server = new(() => PrometheusServer.StartScrapingAsync());

    /// <summary>The server.</summary>
    public Task<PrometheusServer> ServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
