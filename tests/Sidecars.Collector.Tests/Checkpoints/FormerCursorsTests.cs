using Sidecars.Collector.Checkpoints;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Tests.Checkpoints;

public sealed class FormerCursorsTests
{
    private readonly OrderedDictionary<CursorKey, Cursor> _cursors = [];

    [Fact]
    public void Keep_FileThatIsGone_IsOfNoFileAndSurvivesTheJournal()
    {
        var former = Assert.Single(new FormerCursors(_cursors, isKept: true).Keep(Delivered(1, 7)));
        Assert.True(former.IsFormer);
        var line = new byte[Cursor.MaximumLength(former)];
        var read = Cursor.Parse(System.Text.Encoding.UTF8.GetString(line, 0, Cursor.Format(former, line) - 1));
        Assert.Equal(former, read);
        Assert.Equal(former, Assert.Single(_cursors.Values));
    }

    [Fact]
    public void Keep_TooMany_LetsTheFirstOfTheOutputGo()
    {
        var former = new FormerCursors(_cursors, isKept: true);
        former.Keep(Delivered(0, 3) with { Output = "other" });
        var first = former.Keep(Delivered(1, 3))[0];
        for (var i = 2; i <= 64; i++)
        {
            Assert.Single(former.Keep(Delivered(i, 3)));
        }

        var changed = former.Keep(Delivered(65, 3));
        Assert.Equal(first.AsGone(), changed[1]);
        Assert.Equal(65, _cursors.Count);
    }

    [Fact]
    public void Keep_TooManyAfterOneWasTakenOutAndAnotherKeptAgain_LetsTheOldestGo()
    {
        var former = new FormerCursors(_cursors, isKept: true);
        var all = Enumerable.Range(1, 64).Select(i => former.Keep(Delivered(i, 3))[0]).ToList();

        // a place becomes free in the middle and is taken by a newer one; the first is kept anew
        _cursors.Remove(CursorKey.Of(all[1]));
        former.Keep(Delivered(65, 3));
        former.Keep(Delivered(1, 3));
        Assert.Equal(all[2].AsGone(), former.Keep(Delivered(66, 3))[1]);
        Assert.Equal(all[3].AsGone(), former.Keep(Delivered(67, 3))[1]);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    public void Keep_NothingDeliveredOrNotAskedFor_KeepsNothing(bool isKept, long offset)
    {
        Assert.Empty(new FormerCursors(_cursors, isKept).Keep(Delivered(1, offset)));
        Assert.Empty(_cursors);
    }

    private static Cursor Delivered(int text, long offset) => new("file", new FileIdentity(5, 6, 7), "/var/log/a.log")
    {
        Offset = offset,
        Head = Fingerprint.OfEnd(BitConverter.GetBytes(text)),
        Window = Fingerprint.OfEnd(BitConverter.GetBytes(~text)),
    };
}
