namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// Keeps cursors on disk, and says what is to happen when that fails: a folder that can never be written leaves them in memory; one
/// that cannot be written any more (a full disk) holds delivery up until it can, but for the drain. Its owner locks.
/// </summary>
internal sealed class CursorFile(string directory, CursorJournal journal, TimeProvider time, CheckpointLog log) : IDisposable
{
    private const long RewriteAt = 1024 * 1024;
    private const long MostBytesPerCursor = 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HoldPause = TimeSpan.FromSeconds(1);

    private long _failedAt;
    private bool _wasPersistent;
    private bool _isEnding;

    public string Directory => directory;

    /// <summary>Whether the cursors are on disk; when not, a restart begins anew.</summary>
    public bool IsPersistent { get; private set; }

    /// <summary>The cursors were on disk and cannot be written any more.</summary>
    public bool IsHeld => _wasPersistent && !IsPersistent && !Volatile.Read(ref _isEnding);

    /// <summary>The cursors on record; none when they cannot be read, which is told.</summary>
    public IReadOnlyList<Cursor> Load()
    {
        try
        {
            var (cursors, torn) = journal.Load();
            if (torn > 0)
            {
                log.LinesWereTorn(directory, torn);
            }

            return cursors;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.StateWasUnreadable(directory, exception.Message);
            return [];
        }
    }

    /// <summary>Another that had the same folder until now.</summary>
    public void TakeOver(CursorFile previous) => _wasPersistent = previous._wasPersistent;

    /// <summary>Waits before the next try while delivery is held.</summary>
    public Task PauseAsync(CancellationToken stop) => Task.Delay(HoldPause, time, stop);

    /// <summary>The process ends: nothing is held any more.</summary>
    public void StopHolding() => Volatile.Write(ref _isEnding, true);

    /// <summary>There is much more on record than so many cursors need.</summary>
    public bool IsDueForRewrite(int cursors) => IsPersistent && journal.Length > RewriteAt && journal.Length > MostBytesPerCursor * cursors;

    /// <summary>Puts a cursor on record; from time to time all of them, while that fails.</summary>
    public void Append(Cursor cursor, IReadOnlyCollection<Cursor> all)
    {
        if (!IsPersistent)
        {
            if (time.GetElapsedTime(_failedAt) > RetryAfter)
            {
                TryRecover(all);
            }

            return;
        }

        try
        {
            journal.Append(cursor);
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    /// <summary>Writes all cursors, unless they are on disk; true when they are.</summary>
    public bool TryRecover(IReadOnlyCollection<Cursor> all)
    {
        if (!IsPersistent && TryRewrite(all))
        {
            log.StateIsWritableAgain(directory);
        }

        return IsPersistent;
    }

    /// <summary>Writes the file anew; true when that succeeded.</summary>
    public bool TryRewrite(IReadOnlyCollection<Cursor> all)
    {
        try
        {
            journal.Rewrite(all);
            IsPersistent = _wasPersistent = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Fail(exception);
        }

        return IsPersistent;
    }

    /// <summary>Syncs what is on record; false when it is not all on disk.</summary>
    public bool TrySync()
    {
        try
        {
            if (IsPersistent)
            {
                journal.Sync();
            }
        }
        catch (IOException exception)
        {
            Fail(exception);
        }

        return IsPersistent;
    }

    public void Dispose() => journal.Dispose();

    private void Fail(Exception exception)
    {
        if (IsPersistent && _wasPersistent)
        {
            log.StateIsNotWritableAnyMore(directory, exception.Message);
        }
        else if (_failedAt == 0)
        {
            log.StateWasNotWritable(directory, exception.Message);
        }

        IsPersistent = false;
        _failedAt = time.GetTimestamp();
    }
}
