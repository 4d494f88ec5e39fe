using System.Diagnostics;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>Real files, real inotify.</summary>
public sealed class FollowingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Existing_lines_and_appended_lines_are_read()
    {
        var path = _folder.Write("a.log", "1\n2\n");
        await using var tail = new Tail(_folder["*.log"]);
        await Eventually.Equal(2, () => tail.Lines.Count);
        File.AppendAllText(path, "3\n");
        await Eventually.Equal(3, () => tail.Lines.Count);
        Assert.Equal(["1", "2", "3"], tail.Lines);
    }

    [Fact]
    public async Task From_end_skips_what_is_there_but_not_in_later_files()
    {
        var old = _folder.Write("old.log", "1\n");
        var options = Tail.Options() with { Sources = [new DiscoverySource([_folder["*.log"]], [], FromEnd: true)] };
        await using var tail = new Tail(options);
        await Eventually.True(() => tail.Discovery.Files.Count == 1);
        File.AppendAllText(old, "2\n");
        _folder.Write("new.log", "3\n");
        await Eventually.Equal(2, () => tail.Lines.Count);
        Assert.Equal(["2", "3"], tail.Sorted);
    }

    [Fact]
    public async Task New_file_is_seen_without_polling()
    {
        await using var tail = new Tail(Tail.Options(_folder["deep/**/*.log"]) with { Interval = TimeSpan.FromHours(1) });
        _folder.Write("deep/er/still/a.log", "1\n");
        await Eventually.Equal(1, () => tail.Lines.Count);
    }

    [Fact]
    public async Task Excluded_files_and_folders_and_pipes_are_left_alone()
    {
        _folder.Write("a.log", "a\n");
        _folder.Write("a.log.gz", "zip\n");
        _folder.Folder("folder.log");
        using (var mkfifo = Process.Start("mkfifo", _folder["pipe.log"]))
        {
            await mkfifo.WaitForExitAsync();
        }

        await using var tail = new Tail(Tail.Options() with { Sources = [new DiscoverySource([_folder["*.log*"]], ["*.gz"])] });
        await Eventually.Equal(1, () => tail.Lines.Count);
        _folder.Write("b.log", "b\n");
        await Eventually.Equal(2, () => tail.Lines.Count);
        Assert.Equal(["a", "b"], tail.Sorted);
    }

    [Fact]
    public async Task Rotation_by_rename_reads_late_writes_and_the_new_file()
    {
        var path = _folder.Write("access.log", "1\n");
        await using var tail = new Tail(path);
        await Eventually.Equal(1, () => tail.Lines.Count);
        using (var writer = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            File.Move(path, path + ".1");
            _folder.Write("access.log", "3\n");
            await Eventually.Equal(2, () => tail.Lines.Count);
            writer.Write("2\n"u8);
            writer.Flush();
            await Eventually.Equal(3, () => tail.Lines.Count);
            writer.Write("2, without newline"u8);
        }

        await Eventually.Equal(4, () => tail.Lines.Count);
        await Eventually.Equal(1, () => tail.Discovery.Files.Count);
        Assert.Equal(["1", "2", "2, without newline", "3"], tail.Sorted);
    }

    [Fact]
    public async Task Rename_within_the_pattern_is_one_file()
    {
        var path = _folder.Write("access.log", "1\n");
        await using var tail = new Tail(_folder["access.log*"]);
        await Eventually.Equal(1, () => tail.Lines.Count);
        File.Move(path, path + ".1");
        File.AppendAllText(path + ".1", "2\n");
        _folder.Write("access.log", "3\n");
        await Eventually.Equal(3, () => tail.Lines.Count);
        Assert.Equal(["1", "2", "3"], tail.Sorted);
        Assert.Equal(2, tail.Discovery.Files.Count);
    }

    [Fact]
    public async Task Many_rotations_between_two_looks_lose_no_file()
    {
        _folder.Write("access.log", "first\n");
        await using var tail = new Tail(_folder["access.log"]);
        await Eventually.Equal(1, () => tail.Lines.Count);
        File.Move(_folder["access.log"], _folder["access.log.first"]);
        for (var i = 0; i < 200; i++)
        {
            _folder.Write("access.log", $"{i:000}\n");
            File.Move(_folder["access.log"], _folder[$"access.log.{i}"]);
        }

        await Eventually.Equal(201, () => tail.Lines.Count);
        Assert.Equal([.. Enumerable.Range(0, 200).Select(i => $"{i:000}"), "first"], tail.Sorted);
    }

    /// <summary>logrotate's way: the older ones move up one by one before the newest takes their place.</summary>
    [Fact]
    public async Task Many_chained_rotations_between_two_looks_lose_no_file()
    {
        const int Kept = 20;
        _folder.Write("access.log", "first\n");
        await using var tail = new Tail(_folder["access.log"]);
        await Eventually.Equal(1, () => tail.Lines.Count);
        for (var round = 0; round < Kept; round++)
        {
            for (var i = round; i >= 1; i--)
            {
                File.Move(_folder[$"access.log.{i}"], _folder[$"access.log.{i + 1}"]);
            }

            File.Move(_folder["access.log"], _folder["access.log.1"]);
            _folder.Write("access.log", $"{round:000}\n");
        }

        await Eventually.Equal(Kept + 1, () => tail.Lines.Count);
        Assert.Equal([.. Enumerable.Range(0, Kept).Select(i => $"{i:000}"), "first"], tail.Sorted);
    }

    [Fact]
    public async Task Deleted_and_created_again_both_are_read()
    {
        var path = _folder.Write("a.log", "1\n");
        await using var tail = new Tail(path);
        await Eventually.Equal(1, () => tail.Lines.Count);
        for (var i = 2; i < 20; i++)
        {
            File.Delete(path);
            File.WriteAllText(path, $"{i}\n");
            var expected = i;
            await Eventually.Equal(expected, () => tail.Lines.Count);
        }

        await Eventually.Equal(1, () => tail.Discovery.Files.Count);
    }

    [Fact]
    public async Task Truncation_starts_again()
    {
        var path = _folder.Write("a.log", "one\ntwo\n");
        await using var tail = new Tail(path);
        await Eventually.Equal(2, () => tail.Lines.Count);
        Truncate(path);
        File.AppendAllText(path, "3\n");
        await Eventually.Equal(3, () => tail.Lines.Count);
        Assert.Equal(["one", "two", "3"], tail.Lines);
    }

    [Fact]
    public async Task Truncated_and_grown_past_the_old_place_starts_again()
    {
        var path = _folder.Write("a.log", "old 1\nold 2\n");
        await using var tail = new Tail(path);
        await Eventually.Equal(2, () => tail.Lines.Count);
        using (var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            // lines of equal length, written over without a look in between
            writer.Write("new 1\nnew 2\nnew 3\n"u8);
        }

        await Eventually.Equal(5, () => tail.Lines.Count);
        Assert.Equal(["old 1", "old 2", "new 1", "new 2", "new 3"], tail.Lines);
    }

    [Fact]
    public async Task Symbolic_link_is_followed_and_its_swap_seen()
    {
        var first = _folder.Write("data/first", "1\n");
        var second = _folder.Write("data/second", "2\n");
        _folder.Folder("links");
        var link = _folder["links/current.log"];
        File.CreateSymbolicLink(link, first);
        await using var tail = new Tail(Tail.Options(link) with { Interval = TimeSpan.FromMinutes(1) });
        await Eventually.Equal(1, () => tail.Lines.Count);
        File.AppendAllText(first, "1b\n");
        await Eventually.Equal(2, () => tail.Lines.Count);
        File.CreateSymbolicLink(link + ".new", second);
        File.Move(link + ".new", link, overwrite: true);
        await Eventually.Equal(3, () => tail.Lines.Count);
        Assert.Equal(["1", "1b", "2"], tail.Lines);
    }

    [Fact]
    public async Task Thousand_files_are_followed()
    {
        await using var tail = new Tail(_folder["*.log"]);
        for (var i = 0; i < 1000; i++)
        {
            _folder.Write($"{i}.log", $"{i}\n");
        }

        await Eventually.Equal(1000, () => tail.Lines.Count);
        for (var i = 0; i < 1000; i++)
        {
            File.AppendAllText(_folder[$"{i}.log"], $"{i}, again\n");
        }

        await Eventually.Equal(2000, () => tail.Lines.Count);
        Assert.Equal(2000, tail.Lines.Distinct().Count());
    }

    [Fact]
    public async Task Known_file_renamed_while_stopped_is_found_by_identity()
    {
        var path = _folder.Write("access.log", "1\n");
        var known = new KnownFile(path, FileStatus.Of(path)!.Value.Identity, Fingerprint.OfEnd("1\n"u8));
        File.Move(path, path + ".1");
        _folder.Write("access.log", "2\n");
        await using var tail = new Tail(Tail.Options(path) with { Known = [known] });
        await Eventually.Equal(2, () => tail.Lines.Count);
        Assert.Equal(["1", "2"], tail.Sorted);
    }

    [Fact]
    public async Task Known_file_with_another_head_is_not_opened()
    {
        var path = _folder.Write("access.log.1", "1\n");
        var known = new KnownFile(_folder["access.log"], FileStatus.Of(path)!.Value.Identity, Fingerprint.OfEnd("9\n"u8));
        _folder.Write("access.log", "2\n");
        await using var tail = new Tail(Tail.Options(_folder["access.log"]) with { Known = [known] });
        await Eventually.Equal(1, () => tail.Lines.Count);
        Assert.Single(tail.Discovery.Files);
    }

    private static void Truncate(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }
}
