using System.Globalization;

namespace Sidecars.Ambassador.Tests;

/// <summary>
/// The ambassador as a process, as the image starts it, with a configuration file of its own. In the text of the services
/// <c>$1</c> to <c>$9</c> stand for free ports, the same in every text.
/// </summary>
internal sealed class Ambassador : IAsyncDisposable
{
    /// <summary>The build's own program, or another one by its absolute path, such as what the image holds.</summary>
    private static readonly string Program = Environment.GetEnvironmentVariable("AMBASSADOR_PROGRAM") ?? "ambassador";

    private readonly TempFolder _folder = new();
    private readonly int _admin = FreePort.Next();
    private readonly int[] _ports = [.. Enumerable.Range(0, 9).Select(_ => FreePort.Next())];
    private string _adminHost = "127.0.0.1";
    private SidecarProcess? _process;

    private Ambassador()
    {
    }

    public SidecarProcess Process => _process!;

    public string Folder => _folder.Path;

    /// <summary>The access log, one parsed line each.</summary>
    public IReadOnlyList<JsonElement> AccessLog =>
        [.. Process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.EndsWith('}')).Select(l => JsonDocument.Parse(l).RootElement).Where(e => e.TryGetProperty("Tries", out _))];

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="services">What follows <c>services:</c>, and more keys of the root.</param>
    /// <param name="variables">Environment variables beside the usual ones.</param>
    /// <param name="adminHost">Where the admin port listens; empty: at every address.</param>
    public static async Task<Ambassador> StartAsync(string services, IReadOnlyDictionary<string, string?>? variables = null, string adminHost = "127.0.0.1")
    {
        var ambassador = new Ambassador { _adminHost = adminHost };
        try
        {
            var file = ambassador._folder.Write("config/ambassador.yaml", ambassador.Expand(services));
            var environment = new Dictionary<string, string?> { ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1", ["HOME"] = ambassador._folder["nowhere"] };
            foreach (var (name, value) in variables ?? new Dictionary<string, string?>())
            {
                environment[name] = value;
            }

            ambassador._process = SidecarProcess.Start(Program, ambassador._admin, ["--config", file], environment);
            await ambassador.Process.WaitReadyAsync();
            return ambassador;
        }
        catch
        {
            await ambassador.DisposeAsync();
            throw;
        }
    }

    /// <summary>The port that stands behind <c>$number</c>.</summary>
    public int Port(int number) => _ports[number - 1];

    /// <summary>The admin port.</summary>
    public int AdminPort => _admin;

    public Uri Url(int number, string path = "/") => new($"http://127.0.0.1:{Port(number).ToString(CultureInfo.InvariantCulture)}{path}");

    /// <summary>Replaces the configuration file and has it read.</summary>
    /// <returns>The answer of the admin port: 200, or 4xx with what is wrong.</returns>
    public async Task<(HttpStatusCode Status, string Body)> ReloadAsync(string services)
    {
        _folder.Write("config/ambassador.yaml", Expand(services));
        return await Process.PostAsync("reload");
    }

    /// <summary>A metric's value, 0 where the series is not there.</summary>
    public async Task<double> MetricAsync(string name, params (string, string)[] labels) =>
        (await Process.MetricsAsync()).Samples
            .Where(s => s.Name == name && labels.All(l => s.Labels.TryGetValue(l.Item1, out var value) && value == l.Item2))
            .Sum(s => s.Value);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }

    private string Expand(string services)
    {
        var text = $"admin: {{ listen: '{_adminHost}:{_admin}' }}\n" + services.Replace("$folder", _folder.Path, StringComparison.Ordinal);
        for (var i = 1; i <= _ports.Length; i++)
        {
            text = text.Replace($"${i}", _ports[i - 1].ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        return text;
    }
}
