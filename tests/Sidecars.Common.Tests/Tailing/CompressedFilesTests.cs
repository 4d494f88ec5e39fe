using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>Files whose names end in .gz, where their lines are asked for.</summary>
public sealed class CompressedFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_AreReadOnceOneAfterTheOther_TheOldestFirst()
    {
        Write("b.log.gz", Gzip("old 1\nold 2\n"), age: 2);
        Write("a.log.gz", [.. Gzip("new 1\nnew 2\n"), .. Gzip("second part\nno end")], age: 1);
        _folder.Write("c.log", "plain\n");
        await using var tail = new Tail(Options());
        await Eventually.Equal(7, () => tail.Lines.Count);
        Assert.Equal(["old 1", "old 2", "new 1", "new 2", "second part", "no end"], tail.Lines.Where(line => line != "plain"));
        await Eventually.True(() => tail.Discovery.Files.All(file => !file.IsCompressed));

        // renamed and looked at again: it was read
        File.Move(_folder["a.log.gz"], _folder["z.log.gz"]);
        Write("later.log.gz", Gzip("later\n"), age: 0);
        await Eventually.Equal(8, () => tail.Lines.Count);
        Assert.Equal("later", tail.Lines.Last());
    }

    [Fact]
    public async Task File_StillBeingWritten_WaitsUntilItIsWhole()
    {
        var whole = Gzip(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i}\n")));
        Write("a.log.gz", whole[..(whole.Length / 2)], age: 0);
        Write("b.log.gz", "this is no gzip file at all"u8.ToArray(), age: 0);
        await using var tail = new Tail(Options());
        Write("c.log.gz", Gzip("whole\n"), age: 0);
        await Eventually.Equal("whole", () => string.Join('|', tail.Lines));
        File.WriteAllBytes(_folder["a.log.gz"], whole);
        await Eventually.Equal(5001, () => tail.Lines.Count);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => i.ToString(CultureInfo.InvariantCulture)), tail.Lines.Skip(1));
    }

    [Fact]
    public async Task CopyOfAnOpenFile_WaitsUntilThatIsClosed()
    {
        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n"));
        _folder.Write("a.log", text);
        await using var tail = new Tail(Options());
        await Eventually.Equal(1000, () => tail.Lines.Count);
        Write("a.log.1.gz", Gzip(text), age: 0);
        Write("other.log.gz", Gzip("other\n"), age: 0);
        await Eventually.Equal(1001, () => tail.Lines.Count);
        Assert.Equal("other", tail.Lines.Last());
        File.Delete(_folder["a.log"]);
        await Eventually.Equal(2001, () => tail.Lines.Count);
    }

    [Fact]
    public async Task FromEnd_LeavesOutWhatIsThereAtTheStart()
    {
        Write("a.log.gz", Gzip("before\n"), age: 1);
        _folder.Write("plain.log", "");
        await using var tail = new Tail(Options(fromEnd: true));
        await Eventually.True(() => tail.Discovery.Files.Count == 1 && !tail.Discovery.HasCompressedWaiting && tail.Discovery.Files.Single().Path == _folder["plain.log"]);
        Write("b.log.gz", Gzip("after\n"), age: 0);
        await Eventually.Equal("after", () => string.Join('|', tail.Lines));
    }

    [Fact]
    public async Task NotAskedFor_IsFollowedAsItIs()
    {
        Write("a.log.gz", "bytes\n"u8.ToArray(), age: 0);
        await using var tail = new Tail(_folder["*.gz"]);
        await Eventually.Equal("bytes", () => string.Join('|', tail.Lines));
    }

    [Fact]
    public void Text_ReadAtAnyPlaceByManyReaders_IsTheText()
    {
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i:x8}\n")));
        Write("a.log.gz", Gzip(Encoding.ASCII.GetString(text)), age: 0);
        using var inspection = GzipInspection.Of(_folder["a.log.gz"], TestContext.Current.CancellationToken);
        Assert.Null(inspection.Problem);
        Assert.Equal(text.Length, inspection.Length);
        var file = inspection.Follow(0, TextEncoding.Utf8, TimeProvider.System);
        var random = new Random(7);
        var buffer = new byte[30_000];
        for (var i = 0; i < 200; i++)
        {
            var offset = random.Next(text.Length + 1);
            var wanted = random.Next(1, buffer.Length);
            var count = file.Read(buffer.AsSpan(0, wanted), offset);
            Assert.Equal(Math.Min(wanted, text.Length - offset), count);
            Assert.True(text.AsSpan(offset, count).SequenceEqual(buffer.AsSpan(0, count)));
        }

        file.Close();
    }

    [Fact]
    public async Task Text_FileShortenedWhileItIsRead_IsAnErrorAndNotItsEnd()
    {
        var random = new Random(7);
        Write("a.log.gz", Gzip(string.Concat(Enumerable.Range(0, 60_000).Select(_ => $"{random.Next():x8}\n"))), age: 0);
        using var inspection = GzipInspection.Of(_folder["a.log.gz"], TestContext.Current.CancellationToken);
        var file = inspection.Follow(0, TextEncoding.Utf8, TimeProvider.System);
        var size = file.Size;
        Assert.Equal(5000, file.Read(new byte[5000], 0));
        using (var stream = new FileStream(_folder["a.log.gz"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            stream.SetLength(stream.Length / 2);
        }

        // behind what is left, at its edge, up to the end, and again: it stays an error
        foreach (var offset in (long[])[size - 100, size - 100, size / 4, 5000])
        {
            await Task.Run(() => Assert.Throws<IOException>(() => file.Read(new byte[size - offset], offset))).WaitAsync(TimeSpan.FromMinutes(2));
        }

        file.ReportTruncated(file.Generation);
        Assert.Equal(size, file.Size);
        Assert.Equal(1, file.Generation);
        file.Close();
    }

    [Fact]
    public async Task Discovery_CompressedFileThatIsHeld_IsOfferedAtEveryLook()
    {
        Write("a.log.gz", Gzip("line\n"), age: 0);
        using var discovery = new FileDiscovery(Options(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<FileDiscovery>.Instance);
        var feed = discovery.Subscribe();
        await Eventually.True(() =>
        {
            discovery.Scan();
            return discovery.Files.Count == 1;
        });
        var file = await feed.NextAsync(TestContext.Current.CancellationToken);
        Assert.True(file.IsCompressed);
        discovery.Scan();
        Assert.Same(file, await feed.NextAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private DiscoveryOptions Options(bool fromEnd = false) => Tail.Options() with
    {
        Sources = [new DiscoverySource([_folder["*"]], [], fromEnd) { Compressed = true }],
    };

    private void Write(string name, byte[] content, int age)
    {
        Directory.CreateDirectory(_folder["hidden"]);
        File.WriteAllBytes(_folder["hidden/" + name], content);
        File.SetLastWriteTimeUtc(_folder["hidden/" + name], new DateTime(2026, 11, 25, 0, 0, 0, DateTimeKind.Utc).AddHours(-age));
        File.Move(_folder["hidden/" + name], _folder[name]);
    }
}
