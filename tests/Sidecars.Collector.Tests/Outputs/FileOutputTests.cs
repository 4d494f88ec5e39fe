using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs;

public sealed class FileOutputTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly CollectorMetrics _metrics;

    public FileOutputTests() => _metrics = new CollectorMetrics(Metrics.WithCustomRegistry(_registry));

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

    [Fact]
    public async Task WriteAsync_OverTheMaximumAge_RotatesAlsoAfterARestart()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var options = new FileOutputOptions { Path = _folder["out.log"], MaxAge = TimeSpan.FromHours(1) };
        using (var output = new FileOutput("file", options, time))
        {
            await output.WriteAsync(Batches.Of("1\n"), default);
            time.Advance(TimeSpan.FromMinutes(30));
            await output.WriteAsync(Batches.Of("2\n"), default);
            Assert.False(File.Exists(_folder["out.log.1"]));
            time.Advance(TimeSpan.FromMinutes(31));
            await output.WriteAsync(Batches.Of("3\n"), default);
            Assert.Equal("1\n2\n", File.ReadAllText(_folder["out.log.1"]));
        }

        time.Advance(TimeSpan.FromHours(2));
        using var again = new FileOutput("file", options, time);
        await again.WriteAsync(Batches.Of("4\n"), default);
        Assert.Equal("3\n", File.ReadAllText(_folder["out.log.1"]));
        Assert.Equal("4\n", File.ReadAllText(_folder["out.log"]));
    }

    [Fact]
    public async Task WriteAsync_RotatedAndCompressed_KeepsSoManyAndLosesNothing()
    {
        using (var output = Create("out.log", new ByteSize(4), keep: 3, compress: true))
        {
            foreach (var line in (string[])["1\n", "2\n", "3\n", "4\n", "5\n", "6\n", "7\n", "8\n", "9\n"])
            {
                Assert.True((await output.WriteAsync(Batches.Of(line), default)).IsAcknowledged);
            }

            await Eventually.True(() => Older().SequenceEqual(["out.log.1.gz", "out.log.2.gz", "out.log.3.gz"]));
        }

        Assert.Equal("9\n", File.ReadAllText(_folder["out.log"]));
        Assert.Equal(["7\n8\n", "5\n6\n", "3\n4\n"], Older().Select(Decompressed));
    }

    [Fact]
    public async Task Open_WhatAKillLeftUncompressed_IsCompressed()
    {
        _folder.Write("out.log.1", "whole\n");
        _folder.Write("out.log.gz.new", "torn");
        using var output = Create("out.log", new ByteSize(1000), keep: 2, compress: true);
        await output.WriteAsync(Batches.Of("1\n"), default);
        await Eventually.True(() => Older().SequenceEqual(["out.log.1.gz"]));
        Assert.Equal("whole\n", Decompressed("out.log.1.gz"));
    }

    [Fact]
    public async Task Compress_NoRoom_LeavesTheOlderFileTellsItAndTriesAgainAtTheNextRotation()
    {
        using var output = Create("out.log", new ByteSize(2), keep: 3, compress: true);
        await output.WriteAsync(Batches.Of("1\n"), default);
        File.CreateSymbolicLink(_folder["out.log.gz.new"], "/dev/full");
        await output.WriteAsync(Batches.Of("2\n"), default);
        await Eventually.Equal(1, Failures);
        Assert.Equal("1\n", File.ReadAllText(_folder["out.log.1"]));
        await output.WriteAsync(Batches.Of("3\n"), default);
        await Eventually.True(() => Older().SequenceEqual(["out.log.1.gz", "out.log.2.gz"]));
        Assert.Equal(["2\n", "1\n"], Older().Select(Decompressed));
    }

    [Fact]
    public async Task Compress_FolderInTheWay_RotationGoesOnAndAllIsCompressedOnceItIsGone()
    {
        using var output = Create("out.log", new ByteSize(2), keep: 4, compress: true);
        await output.WriteAsync(Batches.Of("1\n"), default);
        _folder.Folder("out.log.gz.new");
        foreach (var line in (string[])["2\n", "3\n"])
        {
            var before = Failures();
            Assert.True((await output.WriteAsync(Batches.Of(line), default)).IsAcknowledged);
            await Eventually.True(() => Failures() > before);
        }

        Directory.Delete(_folder["out.log.gz.new"]);
        Assert.True((await output.WriteAsync(Batches.Of("4\n"), default)).IsAcknowledged);
        await Eventually.True(() => Older().SequenceEqual(["out.log.1.gz", "out.log.2.gz", "out.log.3.gz"]));
        Assert.Equal(["3\n", "2\n", "1\n"], Older().Select(Decompressed));
    }

    [Fact]
    public async Task Rotate_WhileAFileIsCompressed_DoesNotWaitForItAndNamesItAsItIsCalledThen()
    {
        var noise = Noise();
        using var output = Create("out.log", new ByteSize(2), keep: 5, compress: true);
        await output.WriteAsync(Batches.Of(noise), default);
        MakePipe("out.log.gz.new");
        await output.WriteAsync(Batches.Of("2\n"), default);
        using var pipe = await Task.Run(() => File.OpenRead(_folder["out.log.gz.new"]));
        using var compressed = new MemoryStream();
        compressed.WriteByte((byte)pipe.ReadByte());

        // the pipe takes no more than its buffer, so compressing the first cannot be over
        Assert.True((await output.WriteAsync(Batches.Of("3\n"), default)).IsAcknowledged);
        Assert.True((await output.WriteAsync(Batches.Of("4\n"), default)).IsAcknowledged);
        Assert.Equal(["out.log.1", "out.log.2", "out.log.3"], Older().Where(name => name != "out.log.gz.new"));
        await pipe.CopyToAsync(compressed);
        await Eventually.True(() => Older().SequenceEqual(["out.log.1.gz", "out.log.2.gz", "out.log.3.gz"]));
        using var text = new StreamReader(new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress));
        Assert.Equal(noise, await text.ReadToEndAsync());
        Assert.Equal(["3\n", "2\n"], Older()[..2].Select(Decompressed));
        Assert.Equal(0, Failures());
    }

    [Fact]
    public async Task Dispose_CompressingHangs_EndsAllTheSameAndLeavesTheFileAsItIs()
    {
        var noise = Noise();
        FileStream pipe;
        using (var output = Create("out.log", new ByteSize(2), keep: 2, compress: true))
        {
            await output.WriteAsync(Batches.Of(noise), default);
            MakePipe("out.log.gz.new");
            await output.WriteAsync(Batches.Of("2\n"), default);
            pipe = await Task.Run(() => File.OpenRead(_folder["out.log.gz.new"]));
            pipe.ReadByte();
        }

        // lets the thread end
        await pipe.CopyToAsync(Stream.Null);
        await pipe.DisposeAsync();
        await Eventually.True(() => Older().SequenceEqual(["out.log.1"]));
        Assert.Equal(noise, await File.ReadAllTextAsync(_folder["out.log.1"]));
    }

    private static string Noise()
    {
        var bytes = new byte[400_000];
        new Random(1).NextBytes(bytes);
        return Convert.ToBase64String(bytes) + "\n";
    }

    private void MakePipe(string name)
    {
        using var made = Process.Start("mkfifo", [_folder[name]]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    private double Failures() => MetricsText.Parse(Page()).Sum("sidecars_collector_compression_failures_total");

    private string Page()
    {
        using var page = new MemoryStream();
        _registry.CollectAndExportAsTextAsync(page).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(page.ToArray());
    }

    private string[] Older() => [.. Directory.GetFiles(_folder.Path, "out.log.*").Select(path => Path.GetFileName(path)).Where(name => name != "out.log").Order(StringComparer.Ordinal)];

    private string Decompressed(string name)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(_folder[name]), CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    private FileOutput Create(string name, ByteSize? maxSize = null, int keep = 1, bool compress = false) =>
        FileOutput.Create("file", new FileOutputOptions { Path = _folder[name], MaxSize = maxSize, Keep = keep, Compress = compress }, TestOutputs.Context(metrics: _metrics));
}
