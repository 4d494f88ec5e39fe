using System.Net;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Hosting;

/// <summary>The status page of a sidecar as a process: what all three have in common.</summary>
public sealed class StatusProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task page_tells_what_runs_and_how_it_is()
    {
        await using var sample = await StartAsync("");

        using var client = new HttpClient();
        using var response = await client.GetAsync(sample.AdminUrl);
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("10", Assert.Single(response.Headers.GetValues("Refresh")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.StartsWith("default-src 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("Does nothing, as a sidecar would.", page, StringComparison.Ordinal);
        Assert.Contains(_folder["sample.yaml"], page, StringComparison.Ordinal);
        foreach (var link in new[] { "metrics", "healthz", "readyz", "startupz", "status.json" })
        {
            Assert.Contains($"<a href=\"{link}\">", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await sample.GetAsync(link)).Status);
        }
    }

    [Theory]
    [InlineData("0", null)]
    [InlineData("60", "60")]
    [InlineData("3601", "10")]
    [InlineData("-1", "10")]
    [InlineData("\"><script>", "10")]
    public async Task page_comes_anew_as_asked_for(string asked, string? expected)
    {
        await using var sample = await StartAsync("");

        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(sample.AdminUrl, $"?refresh={Uri.EscapeDataString(asked)}"));

        Assert.Equal(expected, response.Headers.TryGetValues("Refresh", out var values) ? values.Single() : null);
        Assert.DoesNotContain("<script", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task refused_reload_is_shown_and_forgotten_when_it_is_mended()
    {
        await using var sample = await StartAsync("");
        File.WriteAllText(_folder["sample.yaml"], Yaml("drain_time: soon"));
        await sample.PostAsync("reload");

        var configuration = (await sample.StatusAsync()).Root.GetProperty("configuration");
        Assert.False(configuration.GetProperty("last_reload_successful").GetBoolean());
        Assert.StartsWith($"{_folder["sample.yaml"]}:2:13: drain_time: 'soon' is not a duration", configuration.GetProperty("problems")[0].GetString(), StringComparison.Ordinal);
        Assert.Contains("&#x27;soon&#x27; is not a duration", (await sample.GetAsync("")).Body, StringComparison.Ordinal);

        File.WriteAllText(_folder["sample.yaml"], Yaml(""));
        await sample.PostAsync("reload");

        Assert.Empty((await sample.StatusAsync()).Root.GetProperty("configuration").GetProperty("problems").EnumerateArray());
    }

    [Fact]
    public async Task draining_is_shown()
    {
        await using var sample = await StartAsync("drain_time: 30s\nshutdown: { timeout: 1m }");

        sample.Signal(UnixSignal.Terminate);

        await Eventually.True(async () => (await sample.StatusAsync()).Root.GetProperty("health").GetProperty("ready")[0].GetString() == "draining");
    }

    [Fact]
    public async Task secret_is_nowhere()
    {
        _folder.Write("secret", "hunter2");
        await using var sample = await StartAsync($"targets: [ {{ name: a, paths: [/a], password: '${{file:{_folder["secret"]}}}' }} ]");

        Assert.DoesNotContain("hunter2", (await sample.GetAsync("")).Body, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", (await sample.GetAsync("status.json")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void mistakes_are_told_to_others_without_the_values()
    {
        var state = new ReloadState(default, [new Problem(new Position("a.yaml", 7, 5), "outputs[0].port", "'hunter2' is not a whole number")]);

        Assert.Equal(["a.yaml:7:5: outputs[0].port: 'hunter2' is not a whole number"], state.Describe(inFull: true));
        Assert.Equal(["a.yaml:7:5: outputs[0].port: a mistake; the log says which"], state.Describe(inFull: false));
    }

    private string Yaml(string more) => $"admin: {{ listen: '127.0.0.1:{_port}' }}\n{more}\n";

    private async Task<SidecarProcess> StartAsync(string more)
    {
        var sample = SidecarProcess.Start("sample", _port, ["--config", _folder.Write("sample.yaml", Yaml(more))]);
        await sample.WaitReadyAsync();
        return sample;
    }
}
