using System.Diagnostics;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Demo;

/// <summary>The same programs as processes on localhost, configured by the same manifest with its addresses and paths put right.</summary>
internal sealed class LocalStage : IStage
{
    private readonly TempFolder _folder = new();
    private readonly Manifest _manifest = Manifest.Load(Repository.PathOf("manifests", "nginx-all.yaml"));
    private readonly List<(string Name, SidecarProcess Process)> _sidecars = [];
    private readonly int _apiPort = FreePort.Next();
    private readonly int _databasePort = FreePort.Next();
    private readonly int _nginxPort = FreePort.Next();
    private MariaDbServer? _database;
    private NginxServer? _api;
    private NginxServer? _nginx;

    private LocalStage() => _folder.Folder("logs");

    public Uri Nginx => _nginx!.Url;

    public Uri Collector { get; } = Local(FreePort.Next());

    public Uri Ambassador { get; } = Local(FreePort.Next());

    public Uri Adapter { get; } = Local(FreePort.Next());

    private string CollectorFile => _folder["collector.log"];

    private string LogFormat => _manifest.Pod.Spec.InitContainers.Single(container => container.Name == "adapter")
        .Env.Single(variable => variable.Name == "ADAPTER_LOG_FORMAT").Value;

    public static async Task<IStage> StartAsync()
    {
        var stage = new LocalStage();
        try
        {
            await Steps.RunAsync("Start what is outside: an HTTP service and a database", stage.StartOutsideAsync);
            await Steps.RunAsync("Start nginx and the three sidecars as processes", stage.StartPodAsync);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public string Written() => File.ReadAllText(_nginx!.AccessLog);

    public string Kept() => File.ReadAllText(CollectorFile);

    public async Task<string> CollectedAsync() => (await SidecarProcess.RunAsync(Program("collector"), ["cat", CollectorFile])).Output;

    public async Task<string> QueryAsync(string statement)
    {
        var start = new ProcessStartInfo("mariadb", ["-h127.0.0.1", $"-P{_databasePort}", "-uroot", "--batch", "--skip-column-names", "-e", statement])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var client = Process.Start(start)!;
        var errors = client.StandardError.ReadToEndAsync();
        return await client.StandardOutput.ReadToEndAsync() + await errors;
    }

    public async Task<IReadOnlyList<ContainerEnd>> StopAsync()
    {
        var clock = Stopwatch.StartNew();
        await _nginx!.StopAsync();
        var ends = new List<ContainerEnd> { new("nginx-container", 0, clock.Elapsed) };
        foreach (var (name, process) in Enumerable.Reverse(_sidecars))
        {
            clock.Restart();
            var exitCode = await process.TerminateAsync();
            ends.Add(new ContainerEnd(name, exitCode, clock.Elapsed));
        }

        return ends;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _sidecars)
        {
            await process.DisposeAsync();
        }

        foreach (var server in (IAsyncDisposable?[])[_nginx, _api, _database])
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        _folder.Dispose();
    }

    private static Uri Local(int port) => new($"http://127.0.0.1:{port}/");

    private static string Program(string name) =>
        Path.Combine(Environment.GetEnvironmentVariable("SIDECARS_WORK") ?? Repository.PathOf("artifacts"), "bin", name, name);

    private async Task StartOutsideAsync()
    {
        _database = await MariaDbServer.StartAsync();
        _api = await NginxServer.StartAsync(new NginxSettings { Server = "location /orders/ { return 200 \"api.example.com answers $request_uri\\n\"; }" });
    }

    private async Task StartPodAsync()
    {
        await StartSidecarAsync("log-collector", "collector", Collector, new()
        {
            ["COLLECTOR_PATHS"] = _folder["logs/*.log"],
            ["COLLECTOR_FILE"] = CollectorFile,
            ["COLLECTOR_STATE"] = _folder.Folder("state"),
            ["SIDECARS_ADMIN"] = Collector.Authority,
        });
        await StartSidecarAsync("ambassador", "ambassador", Ambassador, new() { ["SIDECARS_CONFIG"] = _folder.Write("ambassador.yaml", AmbassadorConfiguration()) });
        await StartSidecarAsync("adapter", "adapter", Adapter, new()
        {
            ["ADAPTER_NGINX_STATUS"] = new Uri(Local(_nginxPort), "stub_status").ToString(),
            ["ADAPTER_ACCESS_LOG"] = _folder["logs/access.log"],
            ["ADAPTER_LOG_FORMAT"] = LogFormat,
            ["SIDECARS_ADMIN"] = Adapter.Authority,
        });
        _nginx = await NginxServer.StartAsync(new NginxSettings
        {
            Port = _nginxPort,
            LogFormat = LogFormat,
            AccessLog = _folder["logs/access.log"],
            Server = $"location /api/ {{ proxy_pass http://127.0.0.1:{_apiPort}/; proxy_http_version 1.1; proxy_set_header Connection \"\"; }}",
        });
    }

    private string AmbassadorConfiguration() => _manifest.ConfigMap("nginx-all").Data["ambassador.yaml"]
        .Replace("127.0.0.1:8081", $"127.0.0.1:{_apiPort}", StringComparison.Ordinal)
        .Replace("127.0.0.1:3306", $"127.0.0.1:{_databasePort}", StringComparison.Ordinal)
        .Replace("http://api.example.com", _api!.Url.ToString().TrimEnd('/'), StringComparison.Ordinal)
        .Replace("db.example.com:3306", $"127.0.0.1:{_database!.Port}", StringComparison.Ordinal)
        + $"\nadmin:\n  listen: {Ambassador.Authority}\n";

    private async Task StartSidecarAsync(string container, string program, Uri admin, Dictionary<string, string?> environment)
    {
        var process = SidecarProcess.Start(Program(program), admin.Port, ["run"], environment);
        _sidecars.Add((container, process));
        await process.WaitReadyAsync();
    }
}
