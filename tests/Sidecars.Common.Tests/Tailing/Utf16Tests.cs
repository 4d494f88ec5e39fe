using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>Files in UTF-16: the text comes in UTF-8, the places stay those of the file.</summary>
public sealed class Utf16Tests : IDisposable
{
    private const string Content = "first\r\nzweite Zeile: äöü €\n\n𝄞 four bytes\n日本\n";

    private readonly TempFolder _folder = new();
    private readonly List<FileDiscovery> _open = [];

    public static TheoryData<bool, TextEncoding> Encodings => new()
    {
        { false, TextEncoding.Auto },
        { true, TextEncoding.Auto },
        { false, TextEncoding.Utf16LittleEndian },
        { true, TextEncoding.Utf16BigEndian },
    };

    public void Dispose()
    {
        _open.ForEach(discovery => discovery.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void TryRead_WithMark_GivesLinesInUtf8AndTheirPlacesInTheFile(bool bigEndian, TextEncoding declared)
    {
        var unicode = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var file = Follow([.. unicode.GetPreamble(), .. unicode.GetBytes(Content)], declared);
        var position = new TailPosition(file, 0);
        Assert.True(new LineReader(4096).TryRead(position, flush: false, out var block));
        Assert.Equal("\ufeff" + Content, Encoding.UTF8.GetString(block.Bytes.Span));
        Assert.Equal(file.Size, block.End);
        var expected = 0L;
        foreach (var line in block)
        {
            Assert.Equal(expected, line.Offset);
            expected = OffsetOfNext(file, unicode, line.Offset);
        }

        Assert.Equal(file.Size, expected);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void TryRead_SmallBuffer_CutsBetweenLinesAndNeverWithinACharacter(bool bigEndian, TextEncoding declared)
    {
        var unicode = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var content = "\ufeff" + string.Concat(Enumerable.Repeat(Content + string.Concat(Enumerable.Repeat("𝄞", 40)) + "\n", 5));
        var position = new TailPosition(Follow(unicode.GetBytes(content), declared), 0);
        var reader = new LineReader(31);
        var seen = new StringBuilder();
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        while (reader.TryRead(position, flush: false, out var block))
        {
            Assert.Equal(position.Offset, block.Start);
            seen.Append(strict.GetString(block.Bytes.Span));
            position.Advance(block);
        }

        Assert.Equal(content, seen.ToString());
        Assert.Equal(position.File.Size, position.Offset);
    }

    [Fact]
    public void TryRead_PartAdvanced_GoesOnBehindItAlsoInANewReader()
    {
        var file = Follow(Encoding.Unicode.GetBytes("\ufeff" + Content), TextEncoding.Auto);
        var position = new TailPosition(file, 0);
        var lines = new List<string>();
        while (new LineReader(4096).TryRead(new TailPosition(file, position.Offset, position.Window), flush: false, out var block))
        {
            var length = block.Bytes.Span.IndexOf((byte)'\n') + 1;
            lines.Add(Encoding.UTF8.GetString(block.Bytes.Span[..length]));
            position.Advance(block.First(length));
        }

        Assert.Equal("\ufeff" + Content, string.Concat(lines));
        Assert.Equal(5, lines.Count);
        Assert.Equal(file.Size, position.Offset);
    }

    [Fact]
    public void TryRead_OddLastByteAndLoneSurrogates_AreInvalidUtf8AndEveryByteIsCovered()
    {
        byte[] head = Encoding.Unicode.GetBytes("a\n");
        var file = Follow([.. head, 0x3d, 0xd8, .. Encoding.Unicode.GetBytes("b"), 0x00, 0xdc, (byte)'c'], TextEncoding.Utf16LittleEndian);
        var position = new TailPosition(file, 0);
        var reader = new LineReader(4096);
        Assert.True(reader.TryRead(position, flush: false, out var block));
        Assert.Equal("a\n"u8, block.Bytes.Span);
        position.Advance(block);
        Assert.False(reader.TryRead(position, flush: false, out _));
        Assert.True(reader.TryRead(position, flush: true, out block));
        Assert.Equal([0xed, 0xa0, 0xbd, (byte)'b', 0xed, 0xb0, 0x80, 0xff], block.Bytes.ToArray());
        Assert.Equal(file.Size, block.End);
        Assert.Equal(file.Size - head.Length, block.FileLength(0, 7) + block.FileLength(7, 1));
        Assert.False(System.Text.Unicode.Utf8.IsValid(block.Bytes.Span));
    }

    [Fact]
    public void TryRead_OddEndThatWasFlushedAndGrew_GoesOnInStep()
    {
        byte[] bytes = Encoding.Unicode.GetBytes("ab\nc\n");
        var file = Follow(bytes[..3], TextEncoding.Utf16LittleEndian);
        var position = new TailPosition(file, 0);
        var reader = new LineReader(4096);
        Assert.True(reader.TryRead(position, flush: true, out var block));
        position.Advance(block);
        Assert.Equal(3, position.Offset);
        File.AppendAllBytes(_folder["a.log"], bytes[3..]);
        Assert.True(reader.TryRead(position, flush: false, out block));
        Assert.Equal([0xff, .. "\nc\n"u8], block.Bytes.ToArray());
        Assert.Equal(6, block.First(2).End);
        position.Advance(block);
        Assert.Equal(bytes.Length, position.Offset);
    }

    [Fact]
    public void TryRead_TruncatedAndWrittenInAnotherEncoding_FollowsTheNewMark()
    {
        var file = Follow(Encoding.Unicode.GetBytes("\ufeffold old\n"), TextEncoding.Auto);
        var position = new TailPosition(file, 0);
        var reader = new LineReader(4096);
        Assert.True(reader.TryRead(position, flush: false, out var block));
        position.Advance(block);
        File.WriteAllText(_folder["a.log"], "new, in UTF-8, and longer than before\n");
        Assert.True(reader.TryRead(position, flush: false, out block));
        Assert.Equal("new, in UTF-8, and longer than before\n", Encoding.UTF8.GetString(block.Bytes.Span));
    }

    [Theory]
    [InlineData(TextEncoding.Utf8)]
    [InlineData(TextEncoding.Auto)]
    public void TryRead_NoMark_StaysAsItIs(TextEncoding declared)
    {
        byte[] bytes = [(byte)'a', 0, (byte)'\n', 0xff, 0xfe, (byte)'\n'];
        Assert.True(new LineReader(64).TryRead(new TailPosition(Follow(bytes, declared), 0), flush: false, out var block));
        Assert.Equal(bytes, block.Bytes.ToArray());
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    [InlineData(100, 16)]
    public void Through_Place_GivesTheBlockToTheEndOfItsLine(long offset, long end)
    {
        var file = Follow(Encoding.BigEndianUnicode.GetBytes("äöü\nabc\n"), TextEncoding.Utf16BigEndian);
        Assert.True(new LineReader(64).TryRead(new TailPosition(file, 0), flush: false, out var block));
        Assert.Equal(end, block.Through(offset).End);
        var plain = Follow("abcdefg\nabcdefg\n"u8.ToArray(), TextEncoding.Utf8);
        Assert.True(new LineReader(64).TryRead(new TailPosition(plain, 0), flush: false, out block));
        Assert.Equal(end, block.Through(offset).End);
    }

    [Fact]
    public void ToUtf8_DeclaredOrMarked_GivesTheText()
    {
        Assert.Equal("ä\n"u8, Utf16Text.ToUtf8([0x00, 0xe4, 0x00, 0x0a], TextEncoding.Utf16BigEndian));
        Assert.Equal("\ufeffä"u8, Utf16Text.ToUtf8([0xff, 0xfe, 0xe4, 0x00], TextEncoding.Auto));
        Assert.Equal("ä"u8, Utf16Text.ToUtf8("ä"u8, TextEncoding.Auto));
    }

    private static long OffsetOfNext(FileFollower file, UnicodeEncoding unicode, long offset)
    {
        var rest = new byte[file.Size - offset];
        Assert.Equal(rest.Length, file.Read(rest, offset));
        return offset + (2 * (unicode.GetString(rest).IndexOf('\n', StringComparison.Ordinal) + 1));
    }

    private FileFollower Follow(byte[] content, TextEncoding encoding)
    {
        var name = _open.Count == 0 ? "a.log" : $"{_open.Count}.log";
        File.WriteAllBytes(_folder[name], content);
        var options = new DiscoveryOptions([new DiscoverySource([_folder[name]], [])]) { EncodingOf = _ => encoding };
        var discovery = new FileDiscovery(options, TimeProvider.System, NullLogger<FileDiscovery>.Instance);
        _open.Add(discovery);
        discovery.Scan();
        return discovery.Files.Single();
    }
}
