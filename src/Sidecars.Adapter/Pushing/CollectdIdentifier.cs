namespace Sidecars.Adapter.Pushing;

/// <summary>What values of collectd are about: <c>host/plugin[-instance]/type[-instance]</c>.</summary>
internal ref struct CollectdIdentifier
{
    public ReadOnlySpan<byte> Host;
    public ReadOnlySpan<byte> Plugin;
    public ReadOnlySpan<byte> PluginInstance;
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> TypeInstance;

    /// <summary>Whether it says enough.</summary>
    public readonly bool IsWhole => !Host.IsEmpty && !Plugin.IsEmpty && !Type.IsEmpty;

    public static CollectdIdentifier Parse(ReadOnlySpan<byte> text)
    {
        var identifier = default(CollectdIdentifier);
        identifier.Host = Take(ref text, (byte)'/');
        var plugin = Take(ref text, (byte)'/');
        identifier.Plugin = Take(ref plugin, (byte)'-');
        identifier.PluginInstance = plugin;
        identifier.Type = Take(ref text, (byte)'-');
        identifier.TypeInstance = text;
        return identifier;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> text, byte end)
    {
        var at = text.IndexOf(end);
        var taken = at < 0 ? text : text[..at];
        text = at < 0 ? default : text[(at + 1)..];
        return taken;
    }
}
