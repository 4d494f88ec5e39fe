namespace Sidecars.Common.Configuration;

/// <summary>A YAML value with its place: what the binder reads and every error points at.</summary>
internal abstract class ConfigNode(Position position)
{
    public Position Position { get; } = position;

    /// <summary>The node at <paramref name="keyPath"/>, or the nearest one above it that exists.</summary>
    public ConfigNode FindNearest(string keyPath)
    {
        var node = this;
        foreach (var segment in KeyPath.Split(keyPath))
        {
            if (node.Child(segment) is not { } child)
            {
                break;
            }

            node = child;
        }

        return node;
    }

    /// <summary>The node exactly at <paramref name="keyPath"/>, or null.</summary>
    public ConfigNode? Find(string keyPath)
    {
        ConfigNode? node = this;
        foreach (var segment in KeyPath.Split(keyPath))
        {
            node = node?.Child(segment);
        }

        return node;
    }

    protected virtual ConfigNode? Child(KeyPath.Segment segment) => null;
}

/// <summary>A single value; <see cref="IsPlain"/> when it was written without quotes, so that <c>null</c> and <c>true</c> mean what they say.</summary>
internal sealed class ConfigScalar(Position position, string text, bool isPlain) : ConfigNode(position)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    /// <summary>What the value was put together from, when part of it came from <c>${file:...}</c>; else null.</summary>
    public IReadOnlyList<SecretPart>? Parts { get; init; }

    /// <summary>Whether part of the value came from <c>${file:...}</c> and must not be shown.</summary>
    public bool IsSecret => Parts is not null;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed class ConfigSequence(Position position) : ConfigNode(position)
{
    public List<ConfigNode> Items { get; } = [];

    protected override ConfigNode? Child(KeyPath.Segment segment) =>
        segment.Index is { } index && index < Items.Count ? Items[index] : null;
}

internal sealed class ConfigMapping(Position position) : ConfigNode(position)
{
    /// <summary>The entries in their order; the key's own place is where unknown keys are pointed at.</summary>
    public List<(string Key, Position KeyPosition, ConfigNode Value)> Entries { get; } = [];

    public ConfigNode? this[string key] => Entries.Find(e => e.Key == key).Value;

    /// <summary>Sets <paramref name="key"/>, in place of a value that stands there already.</summary>
    public void Set(string key, ConfigNode value)
    {
        Entries.RemoveAll(e => e.Key == key);
        Entries.Add((key, value.Position, value));
    }

    protected override ConfigNode? Child(KeyPath.Segment segment) => segment.Key is { } key ? this[key] : null;
}
