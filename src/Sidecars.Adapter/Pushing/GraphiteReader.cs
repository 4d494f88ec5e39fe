using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>Graphite's plaintext: <c>path[;tag=value...] value timestamp</c>. The last value is the gauge's; times are not kept.</summary>
internal sealed class GraphiteReader(SampleRouter router) : SampleReader(router)
{
    public static TagSyntax Tags => new(';', '=');

    protected override void ReadLine(ReadOnlySpan<byte> line, long now)
    {
        line = line.Trim((byte)' ');
        var end = line.IndexOf((byte)' ');
        if (end <= 0 || !TryValue(line[(end + 1)..], out var value))
        {
            Note(DropReason.Malformed);
            return;
        }

        var path = line[..end];
        var semicolon = path.IndexOf((byte)';');
        var series = semicolon == 0 ? PushStore.Nowhere(DropReason.Malformed)
            : Router.Route((byte)'g', SampleType.Gauge, semicolon < 0 ? path : path[..semicolon], semicolon < 0 ? default : path[(semicolon + 1)..]);
        if (series.Dropped == DropReason.None)
        {
            series.Series.Value = value * series.Mapping!.Scale;
            series.Seen = now;
        }

        Note(series.Dropped);
    }

    private static bool TryValue(ReadOnlySpan<byte> rest, out double value)
    {
        var end = rest.IndexOf((byte)' ');
        value = 0;
        return end > 0 && TryNumber(rest[..end], out value) && TryNumber(rest[(end + 1)..].Trim((byte)' '), out _);
    }
}
