using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Cat;

/// <summary>The verb as it is typed.</summary>
public sealed class CatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1\n2\n3\n", null, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 2, "2\n3\n")]
    [InlineData("1\n2\n3", 2, "2\n3")]
    [InlineData("1\n2\n3\n", 9, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 0, "")]
    [InlineData("\n\n\n", 2, "\n\n")]
    [InlineData("", 2, "")]
    public async Task Cat_Lines_PrintsTheLastOnes(string content, int? lines, string expected)
    {
        var path = _folder.Write("a.log", content);
        var (exitCode, output, _) = await SidecarProcess.RunAsync("collector", ["cat", path, .. lines is { } n ? (string[])["-n", $"{n}"] : []]);
        Assert.Equal(0, exitCode);
        Assert.Equal(expected, output);
    }

    [Fact]
    public async Task Cat_ManyLines_FindsTheLastOnesOverBuffers()
    {
        var path = _folder.Write("a.log", string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")));
        var (_, output, _) = await SidecarProcess.RunAsync("collector", ["cat", path, "-n", "50000"]);
        Assert.Equal(string.Concat(Enumerable.Range(50_000, 50_000).Select(i => $"{i}\n")), output);
    }

    [Fact]
    public async Task Cat_MissingFile_SaysSo()
    {
        var (exitCode, _, error) = await SidecarProcess.RunAsync("collector", ["cat", _folder["none"]]);
        Assert.Equal(1, exitCode);
        Assert.Contains(_folder["none"], error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixSignal.Interrupt)]
    [InlineData(UnixSignal.Terminate)]
    public async Task Cat_Follow_GoesOnOverARotationUntilASignal(int signal)
    {
        var path = _folder.Write("a.log", "1\n2\n");
        await using var cat = SidecarProcess.Start("collector", 0, ["cat", "-f", "-n", "1", path]);
        await Eventually.Equal("2\n", () => cat.Output);
        File.AppendAllText(path, "3\n");
        await Eventually.Equal("2\n3\n", () => cat.Output);
        File.Move(path, path + ".1");
        File.WriteAllText(path, "4\n");
        await Eventually.Equal("2\n3\n4\n", () => cat.Output);
        cat.Signal(signal);
        Assert.Equal(0, await cat.WaitForExitAsync());
    }
}
