using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// What was delivered of files that are gone or were truncated, so that a compressed copy is not delivered again. They are among the
/// cursors, under an identity that no file has: what the bytes are known by.
/// </summary>
internal sealed class FormerCursors(OrderedDictionary<CursorKey, Cursor> cursors, bool isKept)
{
    // beyond so many for an output the oldest goes: a copy comes soon or never
    private const int Most = 64;

    /// <summary>Keeps what a cursor says that is no more of use itself; returns what changed.</summary>
    public IReadOnlyList<Cursor> Keep(Cursor cursor)
    {
        if (!isKept || cursor.Offset <= 0 || cursor.Head.Length == 0)
        {
            return [];
        }

        var former = cursor.AsFormer();

        // the newest stands last, also when the same was kept before
        cursors.Remove(CursorKey.Of(former));
        cursors.Add(CursorKey.Of(former), former);
        var all = cursors.Values.Where(other => other.IsFormer && other.Output == cursor.Output).ToList();
        if (all.Count <= Most)
        {
            return [former];
        }

        cursors.Remove(CursorKey.Of(all[0]));
        return [former, all[0].AsGone()];
    }

    /// <summary>
    /// The cursor of the file that a compressed one is a copy of; null when it is none. Files that are open and have the same lines are
    /// not asked for: the copy waits for them. Only what is sure counts, as a line must not
    /// be passed over: all of the copy was delivered, or a beginning of it that is long enough to be told from another.
    /// </summary>
    public Cursor? Find(string output, FileFollower copy) => cursors.Values
        .Where(cursor => cursor.Output == output && cursor.Offset > 0 && cursor.Offset <= copy.Size)
        .Where(cursor => cursor.Offset == copy.Size || cursor.Head.Length == Fingerprint.MaximumLength)
        .OrderByDescending(cursor => cursor.Offset)
        .FirstOrDefault(cursor => cursor.Mark.Compare(copy) == true);
}
