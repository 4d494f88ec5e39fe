using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Collector.Checkpoints;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Checkpoints;

public sealed class CursorStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<FileDiscovery> _open = [];

    public void Dispose()
    {
        _open.ForEach(discovery => discovery.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Resume_AfterKill_IsBehindTheLastRecord()
    {
        var path = _folder.Write("a.log", "1\n2\n3\n");
        using (var store = Open())
        {
            // no Save: what a killed process leaves
            store.Record("stdout", Read(store, "stdout", path, lines: 1));
            store.Record("stdout", Read(store, "stdout", path, lines: 2));
            store.Record("file", Read(store, "file", path, lines: 1));
        }

        using var again = Open();
        Assert.Equal(4, again.Resume("stdout", Follow(path)).Offset);
        Assert.Equal(2, again.Resume("file", Follow(path)).Offset);
        Assert.Equal(0, again.Resume("other", Follow(path)).Offset);
    }

    [Fact]
    public void Resume_RenamedFile_IsKnownByIdentity()
    {
        var path = _folder.Write("a.log", "1\n2\n");
        using (var store = Open())
        {
            store.Record("stdout", Read(store, "stdout", path, lines: 1));
            Assert.True(store.Save());
        }

        File.Move(path, _folder["b.log"]);
        using var again = Open();
        Assert.Equal(2, again.Resume("stdout", Follow(_folder["b.log"])).Offset);
        Assert.Equal(path, Assert.Single(again.Known).Path);
    }

    [Theory]
    [InlineData("9\n2\n3\n")]
    [InlineData("1\n9\n3\n")]
    [InlineData("1\n")]
    public void Resume_ContentChangedBeforeTheCursor_BeginsAtTheStart(string content)
    {
        var path = _folder.Write("a.log", "1\n2\n");
        using (var store = Open())
        {
            store.Record("stdout", Read(store, "stdout", path, lines: 2));
        }

        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
        }

        using var again = Open();
        Assert.Equal(0, again.Resume("stdout", Follow(path)).Offset);
    }

    [Fact]
    public void Open_TornLastLine_TakesTheOneBefore()
    {
        var path = _folder.Write("a.log", "1\n2\n");
        using (var store = Open())
        {
            store.Record("stdout", Read(store, "stdout", path, lines: 1));
            store.Record("stdout", Read(store, "stdout", path, lines: 2));
        }

        var journal = Directory.GetFiles(_folder["state"]).Single();
        using (var file = new FileStream(journal, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(file.Length - 5);
        }

        using var again = Open();
        Assert.Equal(2, again.Resume("stdout", Follow(path)).Offset);
    }

    [Fact]
    public void Save_FileThatIsGone_IsForgotten()
    {
        var (gone, kept) = (_folder.Write("gone.log", "1\n"), _folder.Write("kept.log", "1\n"));
        using (var store = Open())
        {
            store.Record("stdout", Read(store, "stdout", gone, lines: 1));
            store.Record("stdout", Read(store, "stdout", kept, lines: 1));
        }

        File.Delete(gone);
        using var again = Open();
        Assert.True(again.Save());
        Assert.Equal(kept, Assert.Single(again.Known).Path);
    }

    [Fact]
    public void Record_FolderThatCannotBeWritten_KeepsCursorsInMemory()
    {
        var path = _folder.Write("a.log", "1\n");
        var notAFolder = _folder.Write("file", "");
        using var store = CursorStore.Open(notAFolder, TimeProvider.System, NullLogger.Instance);
        Assert.False(store.IsPersistent);
        store.Record("stdout", Read(store, "stdout", path, lines: 1));
        Assert.Equal(2, store.Resume("stdout", Follow(path)).Offset);
        Assert.False(store.Save());
    }

    [Fact]
    public void Open_StateInUse_IsNotShared()
    {
        using var first = Open();
        using var second = Open();
        Assert.True(first.IsPersistent);
        Assert.False(second.IsPersistent);
    }

    [Fact]
    public void Record_ManyTimes_TheJournalStaysSmall()
    {
        var path = _folder.Write("a.log", "1\n2\n");
        using var store = Open();
        var position = Read(store, "stdout", path, lines: 1);
        for (var i = 0; i < 20_000; i++)
        {
            store.Record("stdout", position);
        }

        Assert.InRange(new FileInfo(Directory.GetFiles(_folder["state"]).Single()).Length, 1, 1_100_000);
    }

    [Theory]
    [InlineData("/var/log/a.log")]
    [InlineData("/var/log/with\ttab and\nnewline \\ ü.log")]
    public void Cursor_Formatted_ReadsBackTheSame(string path)
    {
        var cursor = new Cursor("out", new FileIdentity(1, ulong.MaxValue, -5), path)
        {
            Offset = long.MaxValue,
            Head = new Fingerprint(3, 0xabc),
            Window = new Fingerprint(1024, ulong.MaxValue),
        };
        var line = new byte[Cursor.MaximumLength(cursor)];
        var length = Cursor.Format(cursor, line);
        Assert.Equal((byte)'\n', line[length - 1]);
        Assert.Equal(cursor, Cursor.Parse(System.Text.Encoding.UTF8.GetString(line, 0, length - 1)));
    }

    private CursorStore Open() => CursorStore.Open(_folder["state"], TimeProvider.System, NullLogger.Instance);

    private TailPosition Read(CursorStore store, string output, string path, int lines)
    {
        var position = new TailPosition(Follow(path), 0);
        Assert.NotNull(store.Resume(output, position.File));
        var reader = new LineReader(2);
        for (var i = 0; i < lines; i++)
        {
            Assert.True(reader.TryRead(position, flush: false, out var block));
            position.Advance(block);
        }

        return position;
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
