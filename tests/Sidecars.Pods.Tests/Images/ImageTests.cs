using System.Globalization;
using Docker.DotNet.Models;
using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Images;

/// <summary>The built images themselves: non-root, no shell, one small binary, what an orchestrator reads from them.</summary>
public sealed class ImageTests
{
    private const long MegaByte = 1_000_000;

    [Theory]
    [InlineData("collector", 9101)]
    [InlineData("ambassador", 9102)]
    [InlineData("adapter", 9100)]
    public async Task Image_Configuration_IsNonRootWithAnExecEntryPointAndLabels(string name, int adminPort)
    {
        var config = await ConfigurationAsync(name);

        Assert.Equal("1654", config.User);
        Assert.Equal([$"/usr/bin/{name}"], config.Entrypoint);
        Assert.Empty(config.Cmd ?? []);
        Assert.Equal([$"{adminPort}/tcp"], config.ExposedPorts?.Keys ?? []);
        Assert.NotNull(config.Labels);
        Assert.Equal(name, config.Labels["org.opencontainers.image.title"]);
        Assert.Equal("0.1.0", config.Labels["org.opencontainers.image.version"]);
        Assert.NotEmpty(config.Labels["org.opencontainers.image.description"]);
        Assert.Empty(config.Volumes ?? new Dictionary<string, EmptyStruct>());
    }

    [Theory]
    [InlineData("collector", 9101)]
    [InlineData("ambassador", 9102)]
    [InlineData("adapter", 9100)]
    public async Task Readme_RowOfTheImage_TellsItsSizeUserAndPort(string name, int adminPort)
    {
        var readme = await File.ReadAllLinesAsync(Repository.PathOf("README.md"));
        var cells = Assert.Single(readme, line => line.StartsWith($"| `sidecars/{name}`", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries);

        var told = double.Parse(cells[2].Split(' ')[0], CultureInfo.InvariantCulture) * MegaByte;
        Assert.InRange((await InspectAsync(name)).Size, told * 0.8, told * 1.2);
        Assert.Equal(((await ConfigurationAsync(name)).User, $"{adminPort}"), (cells[4], cells[5]));
    }

    [Fact]
    public async Task AmbassadorImage_Alone_RunsSocketCompletionsInline()
    {
        const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1";

        Assert.Contains(Variable, (await ConfigurationAsync("ambassador")).Env ?? []);
        Assert.DoesNotContain(Variable, (await ConfigurationAsync("collector")).Env ?? []);
        Assert.DoesNotContain(Variable, (await ConfigurationAsync("adapter")).Env ?? []);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ambassador")]
    [InlineData("adapter")]
    public async Task Image_Size_IsUnder60MegaBytes(string name)
    {
        var image = await InspectAsync(name);

        Assert.InRange(image.Size, 1 * MegaByte, 60 * MegaByte);
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ambassador")]
    [InlineData("adapter")]
    public async Task Image_Files_AddOneExecutableAndNoShellOrSymbols(string name)
    {
        using var engine = ContainerEngine.Connect();
        var files = await engine.FilesOfImageAsync(Reference(name));

        var binary = Assert.Single(files, file => file.Name.TrimStart('.', '/') == $"usr/bin/{name}");
        Assert.True(binary.Mode.HasFlag(UnixFileMode.OtherExecute));
        Assert.DoesNotContain(files, file => file.Name.EndsWith(".dbg", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => Path.GetFileName(file.Name) is "sh" or "bash" or "dash" or "busybox" or "apt-get");
        Assert.DoesNotContain(files, file => file.Name.EndsWith(".dll", StringComparison.Ordinal));
    }

    private static string Reference(string name) => $"sidecars/{name}:0.1.0";

    private static async Task<DockerOCIImageConfig> ConfigurationAsync(string name) =>
        (await InspectAsync(name)).Config ?? throw new InvalidOperationException($"{name} has no configuration");

    private static async Task<ImageInspectResponse> InspectAsync(string name)
    {
        using var engine = ContainerEngine.Connect();
        return await engine.InspectImageAsync(Reference(name));
    }
}
