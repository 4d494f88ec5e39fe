namespace Sidecars.Adapter.State;

/// <summary>
/// Keeps the state in one file of a folder. It is written beside the old one, synced and renamed over it, so there is always a whole
/// one. A folder that cannot be used is told once, and the adapter goes on without.
/// </summary>
internal sealed class StateStore(string directory, ILogger<StateStore> log)
{
    private const string Name = "adapter.state";

    private readonly string _path = Path.Combine(directory, Name);
    private readonly Lock _gate = new();
    private byte[] _last = [];
    private bool _isFailing;

    /// <summary>The state on record; an empty one when there is none that can be used.</summary>
    public SavedState Load()
    {
        try
        {
            if (!File.Exists(_path))
            {
                return SavedState.Empty;
            }

            if (StateFormat.Read(File.ReadAllBytes(_path)) is { } state)
            {
                return state;
            }

            log.StateWasDamaged(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.StateWasUnreadable(_path, e.Message);
        }

        return SavedState.Empty;
    }

    /// <summary>Puts a state on record; true when it is there.</summary>
    public bool Save(SavedState state)
    {
        lock (_gate)
        {
            var bytes = StateFormat.Write(state);
            if (!_isFailing && bytes.AsSpan().SequenceEqual(_last))
            {
                return true;
            }

            try
            {
                Write(bytes);
                _last = bytes;
                if (_isFailing)
                {
                    log.StateIsWritableAgain(_path);
                }

                _isFailing = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_isFailing)
                {
                    log.StateWasNotWritable(directory, e.Message);
                }

                _isFailing = true;
            }

            return !_isFailing;
        }
    }

    private void Write(byte[] bytes)
    {
        Directory.CreateDirectory(directory);
        var fresh = _path + ".new";
        using (var handle = File.OpenHandle(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, bytes, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(fresh, _path, overwrite: true);
    }
}
