using System.Xml.Linq;
using Sidecars.Testing;

namespace Sidecars.Pods.Tests.Images;

/// <summary>The three Dockerfiles are one, but for the name, the description, the admin port and the ambassador's variable.</summary>
public sealed class DockerfileTests
{
    private const string InlineCompletions = "ENV DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1";

    [Fact]
    public void Dockerfiles_NameDescriptionAndPortApart_AreTheSame()
    {
        var collector = Common("collector", 9101);

        Assert.Equal(collector, Common("ambassador", 9102));
        Assert.Equal(collector, Common("adapter", 9100));
    }

    [Fact]
    public void AmbassadorDockerfile_Alone_SetsInlineCompletions()
    {
        Assert.Contains(InlineCompletions, Lines("ambassador"));
        Assert.DoesNotContain(InlineCompletions, Lines("collector"));
        Assert.DoesNotContain(InlineCompletions, Lines("adapter"));
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ambassador")]
    [InlineData("adapter")]
    public void Dockerfile_BuildsWithAndWithoutARegistry(string name)
    {
        var lines = Lines(name);

        Assert.DoesNotContain(lines, line => line.Contains("syntax=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("apt-get", StringComparison.Ordinal));
        // No platform is named: the same lines build for amd64 and for arm64.
        Assert.DoesNotContain(lines, line => line.Contains("--platform", StringComparison.Ordinal) || line.Contains("linux-", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
        Assert.Equal("FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled", lines.Last(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ambassador")]
    [InlineData("adapter")]
    public void Dockerfile_Restore_IsALayerThatSourcesDoNotTouch(string name)
    {
        var lines = Lines(name).ToList();
        var restore = lines.FindIndex(line => line.StartsWith("RUN dotnet restore", StringComparison.Ordinal));

        var copiedBefore = lines.Take(restore).Where(line => line.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(Sources);

        Assert.NotEmpty(copiedBefore);
        Assert.All(copiedBefore, source => Assert.True(File.Exists(Repository.PathOf(source)), $"{source} is no file"));
        Assert.DoesNotContain(copiedBefore, source => source.EndsWith(".cs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("collector")]
    [InlineData("ambassador")]
    [InlineData("adapter")]
    public void Dockerfile_VersionLabel_IsTheVersionOfTheBuild(string name)
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

        Assert.Contains(Lines(name), line => line.Trim() == $"org.opencontainers.image.version=\"{version}\"");
    }

    private static string[] Lines(string name) => File.ReadAllLines(Repository.PathOf($"Dockerfile.{name}"));

    private static string[] Sources(string copy) => copy.Split(' ')[1..^1];

    private static IEnumerable<string> Common(string name, int port) => Lines(name)
        .Where(line => line != InlineCompletions && !line.StartsWith('#') && !line.Contains("image.description=", StringComparison.Ordinal))
        .Select(line => line
            .Replace(name, "<name>", StringComparison.Ordinal)
            .Replace($"{char.ToUpperInvariant(name[0])}{name[1..]}", "<Name>", StringComparison.Ordinal)
            .Replace($"EXPOSE {port}", "EXPOSE <port>", StringComparison.Ordinal));
}
