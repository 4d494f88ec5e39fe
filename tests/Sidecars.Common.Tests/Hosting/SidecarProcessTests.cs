using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Hosting;

/// <summary>What all sidecars share, seen from outside: the sample as a process of its own.</summary>
public sealed class SidecarProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task sigterm_drains_in_order_and_exits_0()
    {
        await using var sample = await StartAsync("drain_time: 200ms");

        Assert.Equal(0, await sample.TerminateAsync());

        var events = new[] { "started; admin on", "Draining after SIGTERM, for at most 25 s", "Drain step done: wait: waited", "Drain step done: last: done", "Drain ended; complete: true" };
        var places = events.Select(e => sample.Output.IndexOf(e, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Empty(sample.Error);
    }

    [Fact]
    public async Task sigint_exits_130()
    {
        await using var sample = await StartAsync("");

        sample.Signal(UnixSignal.Interrupt);

        Assert.Equal(130, await sample.WaitForExitAsync());
    }

    [Fact]
    public async Task while_draining_it_serves_and_only_readiness_says_so()
    {
        await using var sample = await StartAsync("drain_time: 20s\nshutdown: { timeout: 1m }");

        sample.Signal(UnixSignal.Terminate);

        await Eventually.True(async () => (await sample.GetAsync("readyz")) == (HttpStatusCode.ServiceUnavailable, "draining\n"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await sample.GetAsync("healthz"));
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await sample.GetAsync("startupz"));
    }

    [Fact]
    public async Task drain_that_takes_too_long_is_cut_at_the_deadline_and_the_later_steps_still_run()
    {
        await using var sample = await StartAsync("drain_time: 1h\nshutdown: { timeout: 300ms }");

        Assert.Equal(0, await sample.TerminateAsync());

        Assert.Contains("Drain step cut short by the deadline: wait", sample.Output, StringComparison.Ordinal);
        Assert.Contains("Drain step done: last: done", sample.Output, StringComparison.Ordinal);
        Assert.Contains("Drain ended; complete: false", sample.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task quitquitquit_ends_it_from_loopback_by_post_only()
    {
        await using var sample = await StartAsync("");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await sample.GetAsync("quitquitquit")).Status);
        Assert.Equal((HttpStatusCode.OK, "draining\n"), await sample.PostAsync("quitquitquit"));
        Assert.Equal(0, await sample.WaitForExitAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task data_and_admin_listeners_never_answer_for_each_other(bool unixSockets)
    {
        var (admin, data) = unixSockets
            ? ($"unix:{_folder["admin.sock"]}", $"unix:{_folder["data.sock"]}")
            : ($"127.0.0.1:{FreePort.Next()}", $"127.0.0.1:{FreePort.Next()}");
        await using var sample = SidecarProcess.Start("sample", 0, ["--config", _folder.Write("sample.yaml", $"admin: {{ listen: '{admin}' }}\ndata: '{data}'\n")]);

        await Eventually.Equal("ok\n", () => Get(admin, "readyz"));
        Assert.Equal("data\n", Get(data, "readyz"));
        Assert.Equal("", Get(admin, "elsewhere"));
    }

    [Fact]
    public async Task metrics_have_build_process_gc_and_reload_figures()
    {
        await using var sample = await StartAsync("");

        var metrics = await sample.MetricsAsync();

        Assert.Equal(1, metrics.Sum("sidecars_build_info"));
        Assert.True(metrics.Value("process_resident_memory_bytes") > 1e6);
        Assert.True(metrics.Value("process_cpu_seconds_total") > 0);
        Assert.True(metrics.Value("process_open_fds") > 3);
        Assert.True(metrics.Value("dotnet_gc_allocated_bytes_total") > 0);
        Assert.Equal(1, metrics.Value("sidecars_config_last_reload_successful"));
    }

    [Fact]
    public async Task reload_by_post_answers_with_every_mistake()
    {
        var port = FreePort.Next();
        var file = _folder.Write("sample.yaml", Yaml(port, ""));
        await using var sample = SidecarProcess.Start("sample", port, ["--config", file]);
        await sample.WaitReadyAsync();

        File.WriteAllText(file, Yaml(port, "drain_time: soon"));
        var (status, body) = await sample.PostAsync("reload");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.StartsWith($"{file}:2:13: drain_time: 'soon' is not a duration", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ready", 0)]
    [InlineData("live", 0)]
    [InlineData("startup", 0)]
    public async Task probe_asks_the_running_sidecar(string probe, int expected)
    {
        await using var sample = await StartAsync("");

        var (exitCode, output, _) = await SidecarProcess.RunAsync("sample", ["probe", probe, "--config", _folder["sample.yaml"]]);

        Assert.Equal((expected, "ok\n"), (exitCode, output));
    }

    [Fact]
    public async Task probe_without_a_sidecar_exits_1()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("sample", ["probe", "--admin", $"127.0.0.1:{FreePort.Next()}"]);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("no answer from 127.0.0.1:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task taken_port_is_one_line_and_exit_code_1()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var (exitCode, output, error) = await SidecarProcess.RunAsync("sample", ["--admin", listener.LocalEndpoint.ToString()!]);

        Assert.Equal(1, exitCode);
        Assert.Equal(
            $"sample: Failed to bind to address http://{listener.LocalEndpoint}: address already in use: another process listens there; choose another address (admin.listen for the admin port) or stop that process\n",
            error);
        Assert.Empty(output);
    }

    [Fact]
    public async Task mistakes_are_all_told_before_a_port_is_bound_with_exit_code_2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var file = _folder.Write("sample.yaml", $"admin: {{ listen: '{taken.LocalEndpoint}' }}\ndrain_time: soon\nweights: {{ a: b }}\n");

        var (exitCode, output, error) = await SidecarProcess.RunAsync("sample", ["--config", file]);

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.Equal(
            $"""
            {file}:2:13: drain_time: 'soon' is not a duration; write a number and a unit, such as 500ms, 5s, 2m, 1h30m or 7d
            {file}:3:15: weights.a: 'b' is not a whole number
            sample: 2 mistakes in the configuration

            """,
            error);
    }

    [Theory]
    [InlineData("check", 0)]
    [InlineData("config", 0)]
    [InlineData("--help", 0)]
    [InlineData("--version", 0)]
    [InlineData("config --schema", 0)]
    [InlineData("nonsense", 2)]
    [InlineData("--nonsense", 2)]
    [InlineData("probe dead", 2)]
    [InlineData("check /nonexistent", 2)]
    public async Task verb_exits_with(string arguments, int expected)
    {
        var (exitCode, output, error) = await SidecarProcess.RunAsync("sample", arguments.Split(' '));

        Assert.Equal(expected, exitCode);
        Assert.Equal(expected == 0, error.Length == 0);
        Assert.Equal(expected == 0, output.Length > 0);
    }

    [Fact]
    public async Task configuration_is_found_by_variable()
    {
        var file = _folder.Write("other.yaml", "drain_time: 7s\n");

        var (_, output, _) = await SidecarProcess.RunAsync("sample", ["config"], new Dictionary<string, string?> { ["SIDECARS_CONFIG"] = file });

        Assert.Contains($"drain_time: '7s'  # {file}:1:13", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task shutdown_delay_at_the_timeout_is_refused()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("sample", ["check", _folder.Write("sample.yaml", "shutdown: { delay: 30s }")]);

        Assert.Equal(2, exitCode);
        Assert.Contains(":1:20: shutdown.delay: 30s leaves nothing of the timeout; keep it below shutdown.timeout (25s)", error, StringComparison.Ordinal);
    }

    private async Task<SidecarProcess> StartAsync(string yaml)
    {
        var port = FreePort.Next();
        var sample = SidecarProcess.Start("sample", port, ["--config", _folder.Write("sample.yaml", Yaml(port, yaml))]);
        await sample.WaitReadyAsync();
        return sample;
    }

    // with the Host of the other side, which must not matter
    private static string Get(string address, string path)
    {
        Assert.True(ListenAddress.TryParse(address, out var listen));
        using var socket = new Socket(listen!.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(listen.EndPoint);
        using var stream = new NetworkStream(socket);
        stream.Write(Encoding.ASCII.GetBytes($"GET /{path} HTTP/1.1\r\nHost: localhost:9199\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var answer = reader.ReadToEnd();
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return body.Split("\r\n") is [_, var chunk, ..] ? chunk : body;
    }

    private static string Yaml(int port, string rest) => $"admin: {{ listen: '127.0.0.1:{port}' }}\n{rest}\n";
}
