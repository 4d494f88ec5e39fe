using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

public sealed class LineReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<FileDiscovery> _open = [];

    public void Dispose()
    {
        _open.ForEach(discovery => discovery.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a\n", "a")]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("\n\n", "|")]
    [InlineData("\r\n", "")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("a\nunfinished", "a")]
    [InlineData("\0\n", "\0")]
    public void TryRead_WholeLines_GivesTextWithoutTerminators(string content, string expected)
    {
        var lines = Read(content, flush: false);
        Assert.Equal(expected, string.Join('|', lines));
    }

    [Fact]
    public void TryRead_UnfinishedLineWithFlush_IsABlockOfItsOwn()
    {
        Assert.Equal(["a", "unfinished"], Read("a\nunfinished", flush: true));
    }

    [Fact]
    public void TryRead_InvalidUtf8_KeepsTheBytes()
    {
        var path = _folder["a.log"];
        File.WriteAllBytes(path, [0xff, 0xfe, 0x0a]);
        Assert.True(new LineReader(64).TryRead(new TailPosition(Follow(path), 0), flush: false, out var block));
        Assert.Equal([0xff, 0xfe, 0x0a], block.Bytes.ToArray());
    }

    [Fact]
    public void TryRead_SmallBuffer_GivesContiguousRangesOfWholeLines()
    {
        var content = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n"));
        var position = new TailPosition(Follow(_folder.Write("a.log", content)), 0);
        var reader = new LineReader(20);
        var seen = new StringBuilder();
        long end = 0;
        while (reader.TryRead(position, flush: false, out var block))
        {
            Assert.Equal(end, block.Start);
            Assert.True(block.IsWhole);
            seen.Append(Encoding.UTF8.GetString(block.Bytes.Span));
            end = block.End;
            position.Advance(block);
        }

        Assert.Equal(content, seen.ToString());
    }

    [Fact]
    public void TryRead_LineOverTheLimit_ComesInPieces()
    {
        var position = new TailPosition(Follow(_folder.Write("a.log", "0123456789ABCDEF\nx\n")), 0);
        var reader = new LineReader(10);
        Assert.True(reader.TryRead(position, flush: false, out var piece));
        Assert.Equal("0123456789", Encoding.UTF8.GetString(piece.Bytes.Span));
        Assert.False(piece.IsWhole);
        Assert.Equal(1, piece.CountLines());
        position.Advance(piece);
        Assert.True(reader.TryRead(position, flush: false, out var rest));
        Assert.Equal("ABCDEF\nx\n", Encoding.UTF8.GetString(rest.Bytes.Span));
    }

    [Fact]
    public void TryRead_BlocksLargerThanALine_EndBeforeALineOverTheLimitWhichComesInPieces()
    {
        var path = _folder.Write("a.log", $"aa\n{new string('b', 25)}\ncc\n{new string('d', 9)}\n{new string('e', 10)}\nff\n");
        var reader = new LineReader(lineLimit: 10, blockLimit: 1000);
        var position = new TailPosition(Follow(path), 0);
        var blocks = new List<string>();
        while (reader.TryRead(position, flush: false, out var block))
        {
            blocks.Add(Encoding.UTF8.GetString(block.Bytes.Span));
            position.Advance(block);
        }

        Assert.Equal(["aa\n", "bbbbbbbbbb", "bbbbbbbbbb", "bbbbb\ncc\nddddddddd\n", "eeeeeeeeee", "\nff\n"], blocks);
    }

    [Fact]
    public void TryRead_WithoutAdvance_GivesTheSameBlockAgain()
    {
        var position = new TailPosition(Follow(_folder.Write("a.log", "a\n")), 0);
        var reader = new LineReader(64);
        Assert.True(reader.TryRead(position, flush: false, out _));
        Assert.True(reader.TryRead(position, flush: false, out var again));
        Assert.Equal(0, again.Start);
    }

    [Fact]
    public void TryRead_LineOffsets_PointIntoTheFile()
    {
        var position = new TailPosition(Follow(_folder.Write("a.log", "a\r\nbb\n\nc\n")), 0);
        Assert.True(new LineReader(64).TryRead(position, flush: false, out var block));
        var offsets = new List<long>();
        foreach (var line in block)
        {
            offsets.Add(line.Offset);
        }

        Assert.Equal([0, 3, 6, 7], offsets);
    }

    [Fact]
    public void Position_KeptWindowAndFileChangedBefore_StartsAgain()
    {
        var path = _folder.Write("a.log", "new 1\nnew 2\n");
        var position = new TailPosition(Follow(path), 6, Fingerprint.OfEnd("old 1\n"u8));
        Assert.True(new LineReader(64).TryRead(position, flush: false, out var block));
        Assert.Equal(0, block.Start);
        Assert.Equal(2, block.CountLines());
    }

    [Fact]
    public void TryRead_SteadyState_AllocatesNothing()
    {
        var content = string.Concat(Enumerable.Repeat("127.0.0.1 - - [24/Nov/2026:03:00:00 +0000] \"GET / HTTP/1.1\" 200 615\n", 20_000));
        var file = Follow(_folder.Write("a.log", content));
        var reader = new LineReader(64 * 1024);
        Assert.Equal(20_000, CountLines(reader, new TailPosition(file, 0)));
        var position = new TailPosition(file, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = CountLines(reader, position);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(20_000, lines);
        Assert.True(allocated < 1024, $"{allocated} bytes for {lines} lines");
    }

    private static int CountLines(LineReader reader, TailPosition position)
    {
        var lines = 0;
        while (reader.TryRead(position, flush: false, out var block))
        {
            foreach (var line in block)
            {
                lines += line.Text.Length > 0 ? 1 : 0;
            }

            position.Advance(block);
        }

        return lines;
    }

    private List<string> Read(string content, bool flush)
    {
        var reader = new LineReader(64);
        var position = new TailPosition(Follow(_folder.Write("a.log", content)), 0);
        var lines = new List<string>();
        while (reader.TryRead(position, flush, out var block))
        {
            foreach (var line in block)
            {
                lines.Add(Encoding.UTF8.GetString(line.Text));
            }

            position.Advance(block);
        }

        return lines;
    }

    private FileFollower Follow(string path)
    {
        var options = new DiscoveryOptions([new DiscoverySource([path], [])]);
        var discovery = new FileDiscovery(options, TimeProvider.System, NullLogger<FileDiscovery>.Instance);
        _open.Add(discovery);
        discovery.Scan();
        return Assert.Single(discovery.Files);
    }
}
