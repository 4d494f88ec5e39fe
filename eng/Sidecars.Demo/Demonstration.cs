using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Demo;

/// <summary>Starts the pod with all three, sends traffic, shows what each sidecar makes of it, and stops.</summary>
internal sealed class Demonstration(bool once, bool local)
{
    private readonly Steps _steps = new();

    /// <returns>0 when everything that was shown was right, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken interrupted)
    {
        try
        {
            await using var stage = local ? await LocalStage.StartAsync() : await PodStage.StartAsync();
            using var traffic = new PodTraffic(stage.Nginx);
            await ShowAsync(stage, traffic);
            if (!once)
            {
                await GoOnAsync(stage, traffic, interrupted);
            }

            await StopAsync(stage, traffic);
        }
#pragma warning disable CA1031 // the outermost frame: whoever runs the demo gets the reason, not a stack dump
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(exception.Message.TrimEnd());
            return 1;
        }

        Console.WriteLine(_steps.Wrong == 0 ? "Everything shown was right." : $"{_steps.Wrong} of the things shown were WRONG.");
        return _steps.Wrong == 0 ? 0 : 1;
    }

    private async Task ShowAsync(IStage stage, PodTraffic traffic)
    {
        await Steps.RunAsync("Send requests to nginx, some on to the service outside", () => SendAsync(traffic));
        await ShowCollectedAsync(stage, traffic);
        await ShowCallsAsync(stage, traffic);
        await ShowMetricsAsync(stage, traffic);
    }

    private static async Task SendAsync(PodTraffic traffic)
    {
        await traffic.SendAsync(HttpMethod.Get, "/", 150);
        await traffic.SendAsync(HttpMethod.Head, "/", 20);
        await traffic.SendAsync(HttpMethod.Get, "/status/404", 10);
        await traffic.SendAsync(HttpMethod.Get, "/api/orders/7", 20);
    }

    private async Task ShowCollectedAsync(IStage stage, PodTraffic traffic)
    {
        var collected = await Steps.RunAsync("Collector: read the lines back", () => ComeTrueAsync(
            async () => Requests(await stage.CollectedAsync()), lines => lines.Length == traffic.Count));
        Steps.Show(collected.TakeLast(3));
        _steps.Check(collected.SequenceEqual(Requests(stage.Written())), $"{traffic.Count} requests, and the same {collected.Length} lines that nginx wrote");
    }

    private async Task ShowCallsAsync(IStage stage, PodTraffic traffic)
    {
        var answer = await Steps.RunAsync("Ambassador: call the service outside", () => traffic.SendOneAsync(HttpMethod.Get, "/api/orders/8"));
        Steps.Show(answer.TrimEnd());
        _steps.Check(answer.StartsWith("api.example.com answers /orders/8", StringComparison.Ordinal), "nginx called localhost and the service outside answered");
        var sum = await Steps.RunAsync("Ambassador: ask the database on localhost", () => stage.QueryAsync("SELECT VERSION(), 40 + 2"));
        Steps.Show(sum.TrimEnd());
        _steps.Check(sum.TrimEnd().EndsWith("\t42", StringComparison.Ordinal), "the database's answer");
        var page = await MetricsText.FetchAsync(new Uri(stage.Ambassador, "metrics"));
        var calls = page.Sum("sidecars_ambassador_http_requests_total");
        _steps.Check(calls == 21, $"the ambassador counted {calls} calls to the service");
    }

    private async Task ShowMetricsAsync(IStage stage, PodTraffic traffic)
    {
        var address = new Uri(stage.Adapter, "metrics");
        var page = await Steps.RunAsync("Adapter: read nginx's metrics", () => ComeTrueAsync(
            () => MetricsText.FetchAsync(address), page => page.Sum("nginx_http_requests_total") >= traffic.Count));
        foreach (var ((method, status), count) in traffic.Answers.OrderBy(answer => answer.Key))
        {
            var counted = page.Find("nginx_http_requests_total", ("method", method), ("status", $"{status}"));
            _steps.Check(counted == count, $"nginx_http_requests_total{{method=\"{method}\",status=\"{status}\"}} {counted}, and {count} were sent");
        }

        var slowest = page.Sum("nginx_http_request_duration_seconds_count");
        _steps.Check(slowest == traffic.Count, $"nginx_http_request_duration_seconds has {slowest} durations");
    }

    private static async Task GoOnAsync(IStage stage, PodTraffic traffic, CancellationToken interrupted)
    {
        Console.WriteLine("It runs, with one request every second. To look at:");
        Steps.Show(
            $"nginx       {stage.Nginx}",
            $"collector   {new Uri(stage.Collector, "metrics")}",
            $"ambassador  {new Uri(stage.Ambassador, "metrics")}",
            $"adapter     {new Uri(stage.Adapter, "metrics")}",
            "Ctrl-C stops it.");
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!interrupted.IsCancellationRequested)
        {
            await traffic.SendOneAsync(HttpMethod.Get, traffic.Count % 2 == 0 ? "/" : "/api/orders/9");
            Task tick = second.WaitForNextTickAsync(interrupted).AsTask();
            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Console.WriteLine();
    }

    private async Task StopAsync(IStage stage, PodTraffic traffic)
    {
        var ends = await Steps.RunAsync("Stop: nginx first, then the sidecars in reverse order", stage.StopAsync);
        Steps.Show(ends.Select(end => FormattableString.Invariant($"{end.Name}: exit code {end.ExitCode} after {end.Took.TotalSeconds:0.0} s")));
        _steps.Check(ends.All(end => end.ExitCode == 0), "all ended cleanly");
        var kept = Requests(stage.Kept());
        _steps.Check(kept.Length == traffic.Count && kept.SequenceEqual(Requests(stage.Written())), $"{traffic.Count} requests in all, {kept.Length} lines collected, none missing");
    }

    /// <summary>The access log's lines; nginx's error log is collected beside them.</summary>
    private static string[] Requests(string text) =>
        [.. text.Split('\n').Where(line => line.Contains(" HTTP/1.1\" ", StringComparison.Ordinal) && line.Contains("] \"", StringComparison.Ordinal))];

    /// <summary>Looks until the value is as it must be; what is still wrong at the deadline is shown as it is.</summary>
    private static async Task<T> ComeTrueAsync<T>(Func<Task<T>> look, Func<T, bool> isRight)
    {
        try
        {
            return await Eventually.Value(look, isRight);
        }
        catch (TimeoutException)
        {
            return await look();
        }
    }
}
