using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs;

public sealed class FileOutputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_NewFile_IsReadableByOthers()
    {
        using var output = Create("deep/out.log");
        Assert.True((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
        Assert.Equal("1\n", File.ReadAllText(_folder["deep/out.log"]));
        var mode = OperatingSystem.IsLinux() ? File.GetUnixFileMode(_folder["deep/out.log"]) : default;
        Assert.Equal(UnixFileMode.OtherRead, mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }

    [Fact]
    public async Task WriteAsync_ExistingFile_IsAppendedToAndATornLineClosed()
    {
        _folder.Write("out.log", "whole\ntorn");
        using var output = Create("out.log");
        await output.WriteAsync(Batches.Of("1\n"), default);
        Assert.Equal("whole\ntorn\n1\n", File.ReadAllText(_folder["out.log"]));
    }

    [Fact]
    public async Task WriteAsync_FileRenamedOrTruncatedByOthers_GoesOnByName()
    {
        using var output = Create("out.log");
        await output.WriteAsync(Batches.Of("1\n"), default);
        File.Move(_folder["out.log"], _folder["moved.log"]);
        await output.WriteAsync(Batches.Of("2\n"), default);
        Assert.Equal("2\n", File.ReadAllText(_folder["out.log"]));
        File.WriteAllText(_folder["out.log"], "");
        await output.WriteAsync(Batches.Of("3\n"), default);
        Assert.Equal("3\n", File.ReadAllText(_folder["out.log"]));
    }

    [Fact]
    public async Task WriteAsync_DiskFull_IsNotAcknowledgedAndGoesOnLater()
    {
        File.CreateSymbolicLink(_folder["out.log"], "/dev/full");
        using var output = Create("out.log");
        var failed = await output.WriteAsync(Batches.Of("1\n"), default);
        Assert.Equal("full", failed.Failure);
        File.Delete(_folder["out.log"]);
        Assert.True((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
        Assert.Equal("1\n", File.ReadAllText(_folder["out.log"]));
    }

    [Fact]
    public async Task WriteAsync_FolderInTheWay_IsNotAcknowledged()
    {
        _folder.Folder("out.log");
        using var output = Create("out.log");
        Assert.False((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_OverTheMaximumSize_RotatesAndKeepsSoMany()
    {
        using var output = Create("out.log", new ByteSize(4), keep: 2);
        foreach (var line in (string[])["1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n"])
        {
            await output.WriteAsync(Batches.Of(line), default);
        }

        Assert.Equal(
            ["7\n", "5\n6\n", "3\n4\n"],
            ((string[])["out.log", "out.log.1", "out.log.2"]).Select(name => File.ReadAllText(_folder[name])));
        Assert.False(File.Exists(_folder["out.log.3"]));
    }

    private FileOutput Create(string name, ByteSize? maxSize = null, int keep = 1) =>
        new("file", new FileOutputOptions { Path = _folder[name], MaxSize = maxSize, Keep = keep });
}
