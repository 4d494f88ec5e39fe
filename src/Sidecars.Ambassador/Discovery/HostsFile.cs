namespace Sidecars.Ambassador.Discovery;

/// <summary>The text of hosts(5), where names come before those of the DNS.</summary>
internal static class HostsFile
{
    /// <summary>Whether a name has an address there.</summary>
    public static bool Names(string text, string name)
    {
        var wanted = name.TrimEnd('.');
        return text.Split('\n').Select(line => line.Split('#')[0]).Any(line =>
            line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries).Skip(1).Contains(wanted, StringComparer.OrdinalIgnoreCase));
    }
}
