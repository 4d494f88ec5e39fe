namespace Sidecars.Adapter.PodUse;

/// <summary>What went through one interface of the pod's network.</summary>
internal sealed record InterfaceUse(string Interface, NetworkCounts Received, NetworkCounts Sent);

/// <summary>One direction of an interface.</summary>
internal readonly record struct NetworkCounts(double Bytes, double Packets, double Errors, double Dropped);

/// <summary>Reads <c>/proc/net/dev</c>, which is of the network namespace that all containers of a pod share.</summary>
internal static class NetworkReader
{
    private const string Loopback = "lo";
    private const int Fields = 16;
    private const int FirstSent = 8;

    public static IReadOnlyList<InterfaceUse> Read(string proc)
    {
        var interfaces = new List<InterfaceUse>();
        // self, as net is a link to it that a mounted /proc of another namespace would lead astray
        foreach (var line in KernelFile.Lines(Path.Combine(proc, "self", "net", "dev")))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || line[..colon].Trim() is not { Length: > 0 } name || name == Loopback)
            {
                continue;
            }

            var numbers = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => KernelFile.Number(text) ?? 0).ToArray();
            if (numbers.Length >= Fields)
            {
                interfaces.Add(new InterfaceUse(name, Counts(numbers, 0), Counts(numbers, FirstSent)));
            }
        }

        return interfaces;
    }

    private static NetworkCounts Counts(double[] numbers, int first) => new(numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]);
}
