namespace Sidecars.Testing;

/// <summary>The clone that the tests were built in: shipped files (Dockerfiles, manifests, docs) are read where they stand.</summary>
public static class Repository
{
    /// <summary>The folder that holds Sidecars.sln.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The full path of a file or folder given from the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sidecars.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Sidecars.sln above {AppContext.BaseDirectory}");
    }
}
