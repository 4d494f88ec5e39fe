using Microsoft.Extensions.Time.Testing;
using Sidecars.Common.Tailing;

namespace Sidecars.Common.Tests.Tailing;

public sealed class RenameTrailTests
{
    private static readonly FileIdentity First = new(1, 1, 1);
    private static readonly FileIdentity Second = new(1, 2, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, FileIdentity> _files = [];
    private readonly List<FileIdentity> _opened = [];
    private readonly RenameTrail _trail;

    public RenameTrailTests() => _trail = new RenameTrail(_time);

    [Fact]
    public void A_name_nobody_wants_is_not_followed()
    {
        _files["b"] = First;
        _trail.Follow("a", "b", wasWanted: false);
        Visit();
        Assert.Empty(_opened);
    }

    [Fact]
    public void A_file_that_moved_on_before_it_was_looked_at_is_found_when_the_next_rename_is_heard()
    {
        _trail.Follow("log", "log.1", wasWanted: true);
        Visit();
        _files["log.2"] = First;
        _trail.Follow("log.1", "log.2", wasWanted: false);
        Visit();
        Assert.Equal([First], _opened);
    }

    [Fact]
    public void Another_file_found_under_the_name_does_not_end_the_search()
    {
        _trail.Follow("log", "log.1", wasWanted: true);
        _files["log.1"] = Second;
        Visit();
        _files["log.2"] = First;
        _trail.Follow("log.1", "log.2", wasWanted: false);
        _trail.Follow("log", "log.1", wasWanted: true);
        Visit();
        Assert.Equal([Second, First], _opened.Distinct());
    }

    [Fact]
    public void What_was_opened_is_not_opened_again_under_any_later_name()
    {
        _trail.Follow("log", "log.1", wasWanted: true);
        _files["log.1"] = First;
        Visit();
        Visit();
        _files.Remove("log.1");
        _files["log.2"] = First;
        _trail.Follow("log.1", "log.2", wasWanted: false);
        Visit();
        Assert.Equal([First], _opened);
    }

    [Fact]
    public void A_name_is_forgotten_after_a_while()
    {
        _trail.Follow("log", "log.1", wasWanted: true);
        _time.Advance(TimeSpan.FromMinutes(1));
        Visit();
        _files["log.1"] = First;
        Visit();
        _files["log.2"] = First;
        _trail.Follow("log.1", "log.2", wasWanted: false);
        Visit();
        Assert.Empty(_opened);
    }

    private void Visit() => _trail.Visit((path, before) =>
    {
        if (_files.TryGetValue(path, out var file) && file != before)
        {
            _opened.Add(file);
            return file;
        }

        return before;
    });
}
