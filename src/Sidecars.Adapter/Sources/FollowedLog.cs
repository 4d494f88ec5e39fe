using Sidecars.Adapter.State;
using Sidecars.Common.Tailing;

namespace Sidecars.Adapter.Sources;

/// <summary>One file: how far it is counted, and whether that is in the middle of a line that is too long.</summary>
internal sealed class FollowedLog(TailPosition position, bool inLongLine)
{
    private bool _inLongLine = inLongLine;
    private long _truncated;
    private SavedFile? _saved;
    private int _generation = position.Generation;

    public TailPosition Position { get; } = position;

    /// <summary>The place that the counts stand for, as of the last block.</summary>
    public SavedFile Saved => (_saved ??= Mark(null)) with { Path = Position.File.Path };

    /// <summary>Moves behind a block that is counted.</summary>
    public void Advance(in LineBlock block)
    {
        Position.Advance(block);
        _saved = Mark(_generation == Position.Generation ? _saved : null);
        _generation = Position.Generation;
    }

    /// <summary>The bytes that were truncated away since this was last asked.</summary>
    public long TakeTruncated()
    {
        var before = _truncated;
        _truncated = Position.TruncatedUnread;
        return _truncated - before;
    }

    /// <summary>Whether the block's first line is the rest of one that was too long.</summary>
    public bool SkipsRestOf(in LineBlock block)
    {
        var skips = _inLongLine && block.Start > 0;
        _inLongLine = skips && !block.IsWhole;
        return skips;
    }

    /// <summary>To be told of each block when its lines are counted.</summary>
    public void NoteEnd(in LineBlock block, int longest) => _inLongLine |= !block.IsWhole && block.Bytes.Length >= longest;

    private SavedFile Mark(SavedFile? earlier) =>
        new(Position.File.Path, Position.File.Identity, FileMark.Of(Position, earlier?.Mark), _inLongLine);
}
