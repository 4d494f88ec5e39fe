using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>Calls through the ambassador's localhost ports.</summary>
internal static class Calls
{
    public static async Task AssertAsync(RunningPod pod)
    {
        // nginx, the application, calls 127.0.0.1:8081.
        using var traffic = new PodTraffic(new Uri(pod.Address(8080), "/"));
        Assert.Equal("api.example.com answers /orders/7?n=1\n", await traffic.SendOneAsync(HttpMethod.Get, "api/orders/7"));
        await traffic.SendAsync(HttpMethod.Get, "api/", 9);
        Assert.Equal(10, traffic.Answers[("GET", 200)]);

        var table = await QueryAsync(pod, "CREATE OR REPLACE TABLE t (n INT); INSERT INTO t VALUES (20), (22); SELECT SUM(n) FROM t");
        Assert.Equal("42\n", table);
        Assert.Equal("db.example.com", (await QueryAsync(pod, "SELECT 'db.example.com'")).TrimEnd());

        var page = await MetricsText.FetchAsync(new Uri(pod.Address(9102), "/metrics"));
        Assert.Equal(10, page.Sum("sidecars_ambassador_http_requests_total", ("service", "api")));
        Assert.Equal(2, page.Sum("sidecars_ambassador_tcp_connections_total", ("service", "db")));
    }

    private static async Task<string> QueryAsync(RunningPod pod, string statement)
    {
        var result = await pod.DebugAsync(OutsideServices.DatabaseImage, OutsideServices.Query(statement));
        return result.ExitCode == 0 ? result.StandardOutput : throw new InvalidOperationException($"exit code {result.ExitCode}: {result.StandardError}");
    }
}
