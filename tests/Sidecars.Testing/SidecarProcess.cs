using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sidecars.Testing;

/// <summary>
/// A sidecar as a process of its own, as a pod runs it: its arguments, environment, both outputs, signals and exit code.
/// What is still running at dispose is killed.
/// </summary>
public sealed class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan ExitDeadline = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _copying;
    private readonly HttpClient _admin;

    private SidecarProcess(Process process, int adminPort)
    {
        _process = process;
        _copying = Task.WhenAll(CopyAsync(process.StandardOutput, _output), CopyAsync(process.StandardError, _error));
        _admin = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{adminPort}/"), Timeout = TimeSpan.FromSeconds(100) };
    }

    /// <summary>The admin port's address, where one was given.</summary>
    public Uri AdminUrl => _admin.BaseAddress!;

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything on standard output so far.</summary>
    public string Output => Snapshot(_output);

    /// <summary>Everything on standard error so far.</summary>
    public string Error => Snapshot(_error);

    /// <summary>Starts a sidecar that the test project has beside it.</summary>
    /// <param name="name">The executable: sample, collector, ambassador or adapter.</param>
    /// <param name="adminPort">The port that its configuration names; 0 where the test asks nothing of it.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Variables beside the inherited ones; null removes one.</param>
    public static SidecarProcess Start(string name, int adminPort, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // no test leaves an adapter's counts on the machine, or finds those of another
        start.Environment["ADAPTER_STATE_DIRECTORY"] = "/dev/null/none";
        foreach (var (variable, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable] = value;
        }

        return new SidecarProcess(Process.Start(start) ?? throw new InvalidOperationException($"{name} was not started"), adminPort);
    }

    /// <summary>Runs a sidecar's verb to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var process = Start(name, adminPort: 0, arguments, environment);
        var exitCode = await process.WaitForExitAsync();
        return (exitCode, process.Output, process.Error);
    }

    /// <summary>Waits until <c>/readyz</c> says 200.</summary>
    public async Task WaitReadyAsync() => await Eventually.True(
        async () => _process.HasExited
            ? throw new InvalidOperationException($"it has exited with {_process.ExitCode}")
            : (await GetAsync("readyz")).Status == HttpStatusCode.OK,
        TimeSpan.FromSeconds(120),
        () => Error + Output);

    /// <summary>Gets a page of the admin port.</summary>
    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await _admin.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Posts nothing to the admin port.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path)
    {
        using var response = await _admin.PostAsync(new Uri(path, UriKind.Relative), null);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The samples on <c>/metrics</c> now.</summary>
    public Task<MetricsText> MetricsAsync() => MetricsText.FetchAsync(new Uri(AdminUrl, "metrics"));

    /// <summary>What <c>/status.json</c> says now.</summary>
    public async Task<StatusJson> StatusAsync() => new(JsonElement.Parse((await GetAsync("status.json")).Body));

    /// <summary>Sends a signal of <see cref="UnixSignal"/>.</summary>
    public void Signal(int signal) => UnixSignal.Send(_process, signal);

    /// <summary>Sends SIGTERM, as the kubelet does, and waits for the end.</summary>
    public Task<int> TerminateAsync()
    {
        Signal(UnixSignal.Terminate);
        return WaitForExitAsync();
    }

    /// <summary>Waits for the end of the process and of its output.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using var deadline = new CancellationTokenSource(ExitDeadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            await _copying.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"still running after {ExitDeadline.TotalSeconds} s; standard error: {Error}");
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _admin.Dispose();
    }

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            lock (to)
            {
                to.Append(buffer, 0, count);
            }
        }
    }

    private static string Snapshot(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
