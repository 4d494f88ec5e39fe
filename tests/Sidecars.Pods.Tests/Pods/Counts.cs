using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>What the adapter's page says against what was sent.</summary>
internal static class Counts
{
    public static async Task AssertAsync(RunningPod pod)
    {
        using var traffic = new PodTraffic(pod.Address(8080));
        await traffic.SendAsync(HttpMethod.Get, "/", 30);
        await traffic.SendAsync(HttpMethod.Head, "/", 7);
        await traffic.SendAsync(HttpMethod.Get, "/nowhere", 5);
        await traffic.SendAsync(HttpMethod.Post, "/", 3);

        var address = new Uri(pod.Address(9100), "/metrics");
        var page = await Eventually.Value(() => MetricsText.FetchAsync(address), page => page.Sum("nginx_http_requests_total") == traffic.Count);
        foreach (var ((method, status), count) in traffic.Answers)
        {
            Assert.Equal(count, page.Value("nginx_http_requests_total", ("method", method), ("status", $"{status}")));
        }

        Assert.Equal(traffic.Answers.Count, page.Samples.Count(sample => sample.Name == "nginx_http_requests_total"));
        Assert.Equal(traffic.Count, page.Sum("nginx_http_request_duration_seconds_count"));
        Assert.Equal(1, page.Value("nginx_up"));
        Assert.True(page.Value("nginx_connections_active") >= 1);
    }
}
