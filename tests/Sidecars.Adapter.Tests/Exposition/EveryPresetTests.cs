using System.Net;
using System.Net.Http.Headers;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Exposition;

/// <summary>Every preset and a StatsD client at once: the page before every judge there is, and the values as Prometheus has them.</summary>
public class EveryPresetTests(SharedPrometheus prometheus)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task KnownTraffic_PrometheusHasTheRightValuesOfEveryApplication()
    {
        await using var all = await RealApplications.StartAsync();
        using var target = (await prometheus.ServerAsync()).Scrape(all.Adapter.AdminUrl);
        await all.UseAsync();

        await AssertProxiesAsync(target);
        await target.WaitSumAsync(1, "redis_keyspace_hits_total");
        await target.WaitSumAsync(1, "redis_keyspace_misses_total");
        await target.WaitSumAsync(1, "memcached_items");
        await target.WaitSumAsync(1, "memcached_set_commands_total");
        await target.WaitSumAsync(1, "memcached_get_misses_total");
        await AssertJavaAsync(target);
        await AssertStatsdAsync(target);
        await AssertAsOwnPageSaysAsync(all, target, "server-status?auto", "Total Accesses", "apache_accesses_total");
        await AssertAsOwnPageSaysAsync(all, target, "fpm-status", "accepted conn", "phpfpm_accepted_connections_total");
        foreach (var up in (string[])["up", "nginx_up", "apache_up", "phpfpm_up", "haproxy_up", "redis_up", "memcached_up"])
        {
            await target.WaitSumAsync(1, up);
        }

        await Eventually.Value(() => target.SumAsync("apache_workers_busy"), busy => busy >= 1, Deadline);
        await Eventually.Value(() => target.SumAsync("redis_memory_used_bytes"), used => used > 0, Deadline);
        await target.WaitSumAsync(0, "sidecars_adapter_values_unreadable_total");
        await target.WaitSumAsync(0, "sidecars_adapter_lines_unparsed_total");
        await target.WaitScrapedAsync();
    }

    [Fact]
    public async Task Page_PromtoolAndStrictOpenMetricsParserAreContentAndNoSeriesIsThereTwice()
    {
        await using var all = await RealApplications.StartAsync();
        await all.UseAsync();
        await Eventually.True(async () => (await all.Adapter.MetricsAsync()).Sum("shop_orders_total") == 25, Deadline);
        await Eventually.True(async () => (await all.Adapter.MetricsAsync()).Sum("jvm_gc_pause_seconds_count") == 18, Deadline);

        var text = (await all.Adapter.GetAsync("metrics")).Body;
        var families = MetricsText.Parse(text).Types.Keys; // a series that is there twice, or a torn family, is an exception
        var openMetrics = await OpenMetricsParser.ParseAsync(await GetOpenMetricsAsync(all.Adapter));

        Assert.Equal("", await PrometheusServer.CheckAsync(text));
        foreach (var application in (string[])["nginx", "apache", "phpfpm", "haproxy", "redis", "memcached", "jvm_gc", "shop"])
        {
            Assert.Contains(families, family => family.StartsWith(application + "_", StringComparison.Ordinal));
            Assert.Contains(openMetrics, sample => sample.Contains($" {application}_", StringComparison.Ordinal));
        }
    }

    private static async Task AssertProxiesAsync(PrometheusTarget target)
    {
        await target.WaitSumAsync(15, "nginx_http_requests_total", ("method", "GET"), ("status", "200"));
        await target.WaitSumAsync(5, "nginx_http_requests_total", ("method", "GET"), ("status", "503"));
        await target.WaitSumAsync(RealApplications.Requests, "nginx_http_request_duration_seconds_count");
        await target.WaitSumAsync(10, "haproxy_responses_4xx_total", ("proxy", "app"), ("name", "one"));
        await target.WaitSumAsync(10, "haproxy_responses_2xx_total", ("proxy", "app"), ("name", "BACKEND"));
        await target.WaitSumAsync(1, "haproxy_serving", ("proxy", "web"), ("name", "FRONTEND"));
        await target.WaitSumAsync(1, "phpfpm_active_processes", ("pool", "www"));
    }

    /// <summary>The figures of the log as grep counts them in it.</summary>
    private static async Task AssertJavaAsync(PrometheusTarget target)
    {
        await target.WaitSumAsync(18, "jvm_gc_pause_seconds_count");
        await target.WaitSumAsync(1, "jvm_gc_pause_seconds_count", ("kind", "Full"), ("cause", "System.gc()"));
        await target.WaitSumAsync(4, "jvm_gc_pause_seconds_count", ("cause", "G1 Preventive Collection"));
        await target.WaitSumAsync(4 * 1024 * 1024, "jvm_gc_heap_after_bytes");
        await target.WaitSumAsync(32 * 1024 * 1024, "jvm_gc_heap_size_bytes");
    }

    private static async Task AssertStatsdAsync(PrometheusTarget target)
    {
        await target.WaitSumAsync(25, "shop_orders_total");
        await target.WaitSumAsync(5, "shop_stock");
        await target.WaitSumAsync(2, "shop_users");
        await target.WaitSumAsync(20, "shop_took_seconds_count");
        await target.WaitSumAsync(5, "shop_took_seconds_sum");
        await target.WaitSumAsync(1, "sidecars_adapter_samples_dropped_total", ("reason", "malformed")); // a counter that was to fall
    }

    /// <summary>These count the questions for them, too: the value lies between those of two pages asked for by ourselves.</summary>
    private static async Task AssertAsOwnPageSaysAsync(RealApplications all, PrometheusTarget target, string page, string key, string metric)
    {
        var least = await all.AskAsync(page, key);
        var value = await Eventually.Value(() => target.SumAsync(metric), value => value >= least, Deadline);
        Assert.InRange(value, RealApplications.Requests / 2, await all.AskAsync(page, key));
    }

    private static async Task<string> GetOpenMetricsAsync(SidecarProcess adapter)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip });
        client.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text;version=1.0.0"));
        return await client.GetStringAsync(new Uri(adapter.AdminUrl, "metrics"));
    }
}
