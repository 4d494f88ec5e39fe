using System.Diagnostics;
using System.Globalization;
using System.Net;
using Sidecars.Testing;

namespace Sidecars.Benchmarks;

/// <summary>
/// What a sidecar costs a pod before it does anything: image and binary size, time from start to ready, resident memory after
/// 30 idle seconds. Prints the rows of the README's table.
/// </summary>
internal static class Figures
{
    private const int Starts = 21;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly string[] Known = ["collector", "ambassador", "adapter"];

    /// <summary>Measures the programs that <c>eng/publish.sh</c> left; image sizes come as <c>name=bytes</c> arguments.</summary>
    public static async Task<int> PrintAsync(string[] imageSizes)
    {
        var images = imageSizes.Select(a => a.Split('=')).ToDictionary(a => a[0], a => double.Parse(a[1], CultureInfo.InvariantCulture));
        Console.WriteLine("| | image MB | binary MB | ready ms (median of 21) | ready ms (slowest) | resident MiB after 30 s idle |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var name in Known)
        {
            using var folder = new TempFolder();
            var binary = Repository.PathOf("artifacts", "bin", name, name);
            var starts = new List<double>();
            for (var i = 0; i < Starts; i++)
            {
                starts.Add(await MeasureStartAsync(binary, folder));
            }

            starts.Sort();
            var resident = await MeasureIdleAsync(binary, folder);
            var image = images.TryGetValue(name, out var bytes) ? Number(bytes / 1e6) : "-";
            Console.WriteLine($"| {name} | {image} | {Number(new FileInfo(binary).Length / 1e6)} | {starts[Starts / 2]:F0} | {starts[^1]:F0} | {Number(resident / 1024.0)} |");
        }

        return 0;
    }

    private static async Task<double> MeasureStartAsync(string binary, TempFolder folder)
    {
        var began = Stopwatch.GetTimestamp();
        await using var sidecar = Start(binary, folder);
        while (!await IsReadyAsync(sidecar))
        {
            await Task.Delay(1);
        }

        var milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return await sidecar.TerminateAsync() == 0 ? milliseconds : throw new InvalidOperationException(sidecar.Error);
    }

    private static async Task<bool> IsReadyAsync(SidecarProcess sidecar)
    {
        try
        {
            return (await sidecar.GetAsync("readyz")).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<long> MeasureIdleAsync(string binary, TempFolder folder)
    {
        await using var sidecar = Start(binary, folder);
        await sidecar.WaitReadyAsync();
        await Task.Delay(Idle);
        var status = await File.ReadAllLinesAsync($"/proc/{sidecar.ProcessId}/status");
        return long.Parse(status.First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    // each as its sample pod runs it: the collector and the adapter on a log folder, the ambassador with one service
    private static SidecarProcess Start(string binary, TempFolder folder)
    {
        var port = FreePort.Next();
        var logs = folder.Folder("logs");
        var yaml = $"admin: {{ listen: '127.0.0.1:{port}' }}\n" + Path.GetFileName(binary) switch
        {
            "collector" => $"inputs: [{{ paths: ['{logs}/*.log'] }}]\nstate: {{ directory: '{folder.Folder("state")}' }}\n",
            "ambassador" => $"services: [{{ name: api, listen: '127.0.0.1:{FreePort.Next()}', http: {{ upstreams: ['http://127.0.0.1:9'] }} }}]\n",
            _ => $"inputs: {{ access: {{ tail: '{logs}/access.log', format: combined, metrics: [{{ counter: requests_total, labels: [status] }}] }} }}\n",
        };
        return SidecarProcess.Start(binary, port, ["--config", folder.Write("sidecar.yaml", yaml)]);
    }

    private static string Number(double value) => value.ToString("F1", CultureInfo.InvariantCulture);
}
