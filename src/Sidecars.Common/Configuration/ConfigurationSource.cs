namespace Sidecars.Common.Configuration;

/// <summary>Where a configuration comes from: a file if there is one, then environment variables, then flags; the later wins.</summary>
/// <param name="File">The file to read, or null to use the defaults.</param>
/// <param name="Shortcuts">The flags and variables that stand for keys.</param>
/// <param name="Flags">The flags that were given, by name.</param>
/// <param name="Environment">Looks an environment variable up.</param>
internal sealed record ConfigurationSource(
    string? File,
    IReadOnlyList<Shortcut> Shortcuts,
    IReadOnlyDictionary<string, string> Flags,
    Func<string, string?> Environment)
{
    /// <summary>The tree with every given variable and flag set in it.</summary>
    public ConfigNode Overlay(ConfigNode root)
    {
        foreach (var shortcut in Shortcuts)
        {
            var given = Flags.TryGetValue(shortcut.Flag, out var flag) ? new ConfigScalar(new Position($"--{shortcut.Flag}"), flag, isPlain: false)
                : Environment(shortcut.Variable) is { Length: > 0 } variable ? new ConfigScalar(new Position($"environment variable {shortcut.Variable}"), variable, isPlain: false)
                : null;
            if (given is not null && root is ConfigMapping mapping)
            {
                Set(mapping, [.. KeyPath.Split(shortcut.KeyPath)], given);
            }
        }

        return root;
    }

    private static void Set(ConfigNode node, ReadOnlySpan<KeyPath.Segment> path, ConfigScalar value)
    {
        var rest = path[1..];
        ConfigNode next = rest.IsEmpty ? value
            : Existing(node, path[0]) ?? (rest[0].Key is null ? new ConfigSequence(value.Position) : new ConfigMapping(value.Position));
        switch (node)
        {
            case ConfigMapping mapping when path[0].Key is { } key:
                mapping.Set(key, next);
                break;
            case ConfigSequence sequence when path[0].Index < sequence.Items.Count:
                sequence.Items[path[0].Index!.Value] = next;
                break;
            case ConfigSequence sequence:
                sequence.Items.Add(next);
                break;
        }

        if (!rest.IsEmpty)
        {
            Set(next, rest, value);
        }
    }

    // an empty key (`inputs:`) is no value to build upon
    private static ConfigNode? Existing(ConfigNode node, KeyPath.Segment segment) => node switch
    {
        ConfigMapping mapping when segment.Key is { } key => mapping[key] is ConfigScalar { IsNull: true } ? null : mapping[key],
        ConfigSequence sequence when segment.Index < sequence.Items.Count => sequence.Items[segment.Index!.Value],
        _ => null,
    };
}
