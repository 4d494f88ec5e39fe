namespace Sidecars.Common.Tailing;

/// <summary>What one look at the file system gave: each path with its source, and the folders to watch.</summary>
internal sealed record FoundFiles(Dictionary<string, DiscoverySource> Paths, HashSet<string> Folders);

/// <summary>Applies the patterns of all sources to the file system; a path belongs to the first source that leads to it.</summary>
internal sealed class FileSearch(IReadOnlyList<DiscoverySource> sources, TailingLog log)
{
    private readonly (DiscoverySource Source, PathPattern[] Include, PathPattern[] Exclude)[] _patterns =
        [.. sources.Select(source => (source, Read(source.Paths), Read(source.Exclude)))];

    public FoundFiles Run()
    {
        var found = new FoundFiles([], []);
        var paths = new HashSet<string>();
        foreach (var (source, include, exclude) in _patterns)
        {
            paths.Clear();
            foreach (var pattern in include)
            {
                Find(pattern, paths, found.Folders);
            }

            foreach (var path in paths.Where(path => !exclude.Any(pattern => pattern.Matches(path))))
            {
                found.Paths.TryAdd(path, source);
            }
        }

        return found;
    }

    public bool Matches(string path) => _patterns.Any(source =>
        source.Include.Any(pattern => pattern.Matches(path)) && !source.Exclude.Any(pattern => pattern.Matches(path)));

    /// <summary>Whether a path is that of a file to be decompressed.</summary>
    public bool IsCompressed(string path) => CompressedFiles.IsCompressed(path) && _patterns.Any(source => source.Source.Compressed);

    private static PathPattern[] Read(IReadOnlyList<string> patterns) => [.. patterns.Select(pattern => new PathPattern(pattern))];

    private void Find(PathPattern pattern, HashSet<string> paths, HashSet<string> folders)
    {
        try
        {
            pattern.Find(paths, folders);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.FolderWasUnreadable(pattern.Text, exception.Message);
        }
    }
}
