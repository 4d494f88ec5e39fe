using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/var/log/nginx/*.log", "/var/log/nginx/access.log", true)]
    [InlineData("/var/log/nginx/*.log", "/var/log/nginx/access.log.1", false)]
    [InlineData("/var/log/nginx/*.log", "/var/log/nginx/deep/access.log", false)]
    [InlineData("/var/log/*/*.log", "/var/log/nginx/access.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/a.log", true)]
    [InlineData("/var/log/**/*.log", "/var/log/a/b/c.log", true)]
    [InlineData("/var/log/**", "/var/log/a/b/c", true)]
    [InlineData("/var/log/a?.log", "/var/log/ab.log", true)]
    [InlineData("/var/log/a?.log", "/var/log/a.log", false)]
    [InlineData("/var/log/*", "/var/log/.hidden", false)]
    [InlineData("/var/log/.*", "/var/log/.hidden", true)]
    [InlineData("*.gz", "/var/log/a.gz", true)]
    [InlineData("/var/log/a.log", "/var/log/a.log", true)]
    [InlineData("/var/log/a.log", "/var/log/A.log", false)]
    public void Matches_Path_AsAShellWould(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new PathPattern(pattern).Matches(path));

    [Fact]
    public void Find_MissingFolder_NamesTheNearestOneAbove()
    {
        using var folder = new TempFolder();
        var (paths, folders) = (new HashSet<string>(), new HashSet<string>());
        new PathPattern(folder["not/yet/*.log"]).Find(paths, folders);
        Assert.Empty(paths);
        Assert.Equal([folder.Path], folders);
    }

    [Fact]
    public void Find_AnyFolders_FindsAtEachDepthAndWatchesEach()
    {
        using var folder = new TempFolder();
        var expected = new HashSet<string> { folder.Write("a.log", ""), folder.Write("x/b.log", ""), folder.Write("x/y/c.log", "") };
        folder.Write("x/y/c.txt", "");
        var (paths, folders) = (new HashSet<string>(), new HashSet<string>());
        new PathPattern(folder["**/*.log"]).Find(paths, folders);
        Assert.Equal(expected, paths);
        Assert.Equal(new HashSet<string> { folder.Path, folder["x"], folder["x/y"] }, folders);
    }
}
