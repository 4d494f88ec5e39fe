using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Common.Configuration;
using Sidecars.Sample;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Common.Tests.Configuration;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task config_map_swapped_100_times_is_applied_100_times()
    {
        var volume = new ConfigMapVolume(_folder.Path, new Dictionary<string, string> { ["sample.yaml"] = Yaml("v0") });
        var (live, reloader) = Start(_folder["sample.yaml"]);
        using var watcher = new ConfigurationWatcher<SampleOptions>(reloader, TimeProvider.System, NullLogger<ConfigurationWatcher<SampleOptions>>.Instance);
        var applied = new List<string>();
        live.OnChange(o => applied.Add(o.Targets[0].Name));
        await watcher.StartAsync(CancellationToken.None);

        for (var i = 1; i <= 100; i++)
        {
            volume.Update(new Dictionary<string, string> { ["sample.yaml"] = Yaml($"v{i}") });
            await Eventually.Equal($"v{i}", () => live.Current.Targets[0].Name);
        }

        await watcher.StopAsync(CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"v{i}"), applied);
        Assert.Equal(100, (await MetricsAsync()).Value("sidecars_config_reloads_total", ("result", "applied")));
    }

    [Fact]
    public async Task bad_configuration_keeps_the_old_one_and_says_so_once()
    {
        var file = _folder.Write("sample.yaml", Yaml("good"));
        var (live, reloader) = Start(file);

        File.WriteAllText(file, "targets: nonsense");
        Assert.Single(reloader.Reload());
        reloader.Reload();

        Assert.Equal("good", live.Current.Targets[0].Name);
        Assert.Equal(1, (await MetricsAsync()).Value("sidecars_config_reloads_total", ("result", "rejected")));
        Assert.Equal(0, (await MetricsAsync()).Value("sidecars_config_last_reload_successful"));

        File.WriteAllText(file, Yaml("good"));
        Assert.Empty(reloader.Reload());
        Assert.Equal(1, (await MetricsAsync()).Value("sidecars_config_last_reload_successful"));
    }

    [Fact]
    public async Task listener_that_throws_keeps_the_old_options_and_is_tried_again()
    {
        var file = _folder.Write("sample.yaml", Yaml("a"));
        var (live, reloader) = Start(file);
        using (live.OnChange(_ => throw new InvalidOperationException("no")))
        {
            File.WriteAllText(file, Yaml("b"));
            Assert.EndsWith("could not be put in force: no", Assert.Single(reloader.Reload()).ToString(), StringComparison.Ordinal);
            Assert.Single(reloader.Reload());
            Assert.Equal("a", live.Current.Targets[0].Name);
        }

        Assert.Empty(reloader.Reload());
        Assert.Equal("b", live.Current.Targets[0].Name);

        Assert.Equal(1, (await MetricsAsync()).Value("sidecars_config_reloads_total", ("result", "rejected")));
        Assert.Equal(1, (await MetricsAsync()).Value("sidecars_config_last_reload_successful"));
    }

    [Fact]
    public void changed_secret_file_is_a_change()
    {
        var secret = _folder.Write("secret", "one");
        var (live, reloader) = Start(_folder.Write("sample.yaml", $"targets: [{{ name: a, paths: [/x], password: '${{file:{secret}}}' }}]"));

        File.WriteAllText(secret, "two");
        reloader.Reload();

        Assert.Equal("two", live.Current.Targets[0].Password!.Reveal());
    }

    private static string Yaml(string name) => $"targets: [{{ name: {name}, paths: [/x] }}]\n";

    private (LiveOptions<SampleOptions> Live, ConfigurationReloader<SampleOptions> Reloader) Start(string file)
    {
        var loader = Load.File(file);
        var loaded = loader.Load();
        Assert.Empty(loaded.Problems);
        var live = new LiveOptions<SampleOptions>(loaded.Options);
        var factory = Prometheus.Metrics.WithCustomRegistry(_registry);
        return (live, new ConfigurationReloader<SampleOptions>(loader, loaded, live, factory, TimeProvider.System, NullLogger<ConfigurationReloader<SampleOptions>>.Instance));
    }

    private async Task<MetricsText> MetricsAsync()
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        return MetricsText.Parse(System.Text.Encoding.UTF8.GetString(page.ToArray()));
    }
}
