using System.IO.Enumeration;

namespace Sidecars.Common.Tailing;

/// <summary>
/// An absolute path with <c>*</c> (any run within a name), <c>?</c> (one character) and <c>**</c> (any number of folders, links not
/// followed). As in a shell, a wildcard at the start of a name does not match a dot. A pattern without a slash is a name in any folder.
/// </summary>
public sealed class PathPattern
{
    private const string AnyFolders = "**";

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly string[] _segments;

    /// <summary>Reads the pattern.</summary>
    public PathPattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        var segments = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
        _segments = text.Contains('/', StringComparison.Ordinal) ? segments : [AnyFolders, .. segments];
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether a path belongs to the pattern; the file system is not asked.</summary>
    public bool Matches(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Matches(path.Split('/', StringSplitOptions.RemoveEmptyEntries), _segments);
    }

    /// <summary>
    /// Walks the file system: every path that matches goes to <paramref name="paths"/>, every folder in which a new match could
    /// appear (or, while it is missing, the nearest one above) to <paramref name="folders"/>.
    /// </summary>
    public void Find(ISet<string> paths, ISet<string> folders)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(folders);
        Find("/", 0, paths, folders);
    }

    private static bool IsPattern(string segment) => segment.AsSpan().IndexOfAny('*', '?') >= 0;

    private static bool Matches(ReadOnlySpan<string> names, ReadOnlySpan<string> segments)
    {
        if (segments.IsEmpty)
        {
            return names.IsEmpty;
        }

        if (segments[0] == AnyFolders)
        {
            return Matches(names, segments[1..]) || (!names.IsEmpty && Matches(names[1..], segments));
        }

        return !names.IsEmpty && NameMatches(names[0], segments[0]) && Matches(names[1..], segments[1..]);
    }

    private static bool NameMatches(ReadOnlySpan<char> name, string segment) =>
        IsPattern(segment)
            ? (name[0] != '.' || segment[0] == '.') && FileSystemName.MatchesSimpleExpression(segment, name, ignoreCase: false)
            : name.SequenceEqual(segment);

    private void Find(string folder, int index, ISet<string> paths, ISet<string> folders)
    {
        if (index == _segments.Length)
        {
            return;
        }

        var segment = _segments[index];
        if (segment == AnyFolders)
        {
            FindBelow(folder, index, paths, folders);
        }
        else if (!IsPattern(segment))
        {
            FindNamed(Path.Join(folder, segment), folder, index, paths, folders);
        }
        else
        {
            folders.Add(folder);
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder, "*", Everything))
            {
                if (NameMatches(Path.GetFileName(entry.AsSpan()), segment))
                {
                    Descend(entry, index, paths, folders);
                }
            }
        }
    }

    private void FindNamed(string path, string folder, int index, ISet<string> paths, ISet<string> folders)
    {
        if (index == _segments.Length - 1)
        {
            folders.Add(folder);
            if (File.Exists(path))
            {
                paths.Add(path);
            }
        }
        else if (Directory.Exists(path))
        {
            Find(path, index + 1, paths, folders);
        }
        else
        {
            folders.Add(folder);
        }
    }

    private void FindBelow(string folder, int index, ISet<string> paths, ISet<string> folders)
    {
        folders.Add(folder);
        if (index == _segments.Length - 1)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", Everything))
            {
                paths.Add(file);
            }
        }

        Find(folder, index + 1, paths, folders);
        foreach (var entry in new DirectoryInfo(folder).EnumerateDirectories("*", Everything))
        {
            if (entry.LinkTarget is null && entry.Name[0] != '.')
            {
                Find(entry.FullName, index, paths, folders);
            }
        }
    }

    private void Descend(string entry, int index, ISet<string> paths, ISet<string> folders)
    {
        if (index < _segments.Length - 1)
        {
            if (Directory.Exists(entry))
            {
                Find(entry, index + 1, paths, folders);
            }
        }
        else if (File.Exists(entry))
        {
            paths.Add(entry);
        }
    }
}
