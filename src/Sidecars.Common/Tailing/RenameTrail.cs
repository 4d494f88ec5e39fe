namespace Sidecars.Common.Tailing;

/// <summary>
/// The names under which files may be found that were renamed away before they were ever seen. Events come later than what they tell:
/// when a rename is heard, the file may have been renamed again and another may have its name. So a name is kept for a while after it
/// was looked at, with the file that was found there: the next rename heard leads on from it, to a file not opened yet.
/// </summary>
internal sealed class RenameTrail(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Name> _names = [];

    /// <summary>A file that is not open was renamed; it is followed when its old name was wanted, or was on the trail itself.</summary>
    public void Follow(string from, string to, bool wasWanted)
    {
        if (_names.Remove(from, out var name) || wasWanted)
        {
            _names[to] = name with { Since = time.GetTimestamp() };
        }
    }

    /// <summary>Hands each name to one that opens what is there, unless <paramref name="open"/> did so before, and forgets the old names.</summary>
    public void Visit(Func<string, FileIdentity?, FileIdentity?> open)
    {
        foreach (var (path, name) in _names.ToArray())
        {
            if (time.GetElapsedTime(name.Since) > Lifetime)
            {
                _names.Remove(path);
            }
            else
            {
                _names[path] = name with { Opened = open(path, name.Opened) };
            }
        }
    }

    /// <summary>When the rename to this name was heard, and the file opened from it, so that it is not opened again once it was let go.</summary>
    private readonly record struct Name(long Since, FileIdentity? Opened);
}
