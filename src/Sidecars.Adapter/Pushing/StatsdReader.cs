using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// StatsD with DogStatsD's extensions: <c>name:value[:value...]|type[|@rate][|#tag:value,...]</c>, and several of these behind one
/// name as StatsD has them, <c>name:1|c:2|c</c>. Sections that say nothing of the value (container, time) are passed over.
/// </summary>
internal sealed class StatsdReader(SampleRouter router) : SampleReader(router)
{
    public static TagSyntax Tags => new(',', ':');

    protected override void ReadLine(ReadOnlySpan<byte> line, long now)
    {
        if (line.StartsWith("_e{"u8) || line.StartsWith("_sc|"u8))
        {
            Note(DropReason.Event);
            return;
        }

        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || colon == line.Length - 1)
        {
            Note(DropReason.Malformed);
            return;
        }

        var rest = line[(colon + 1)..];
        while (!rest.IsEmpty)
        {
            if (!TrySections(ref rest, out var sections))
            {
                Note(DropReason.Malformed);
                return;
            }

            ReadValues(line[..colon], sections, now);
        }
    }

    /// <summary>Takes one <c>values|type|...</c> off.</summary>
    private static bool TrySections(ref ReadOnlySpan<byte> rest, out Sections sections)
    {
        sections = new Sections { Rate = 1 };
        var bar = rest.IndexOf((byte)'|');
        if (bar <= 0)
        {
            return false;
        }

        sections.Values = rest[..bar];
        rest = rest[(bar + 1)..];
        var end = rest.IndexOfAny((byte)'|', (byte)':');
        sections.Type = end < 0 ? rest : rest[..end];
        while (end >= 0 && rest[end] == '|')
        {
            rest = rest[(end + 1)..];
            var isRate = rest.StartsWith("@"u8);
            end = isRate ? rest.IndexOfAny((byte)'|', (byte)':') : rest.IndexOf((byte)'|');
            var section = end < 0 ? rest : rest[..end];
            if (isRate && (!TryNumber(section[1..], out sections.Rate) || sections.Rate is not (> 0 and <= 1)))
            {
                return false;
            }

            if (section.StartsWith("#"u8))
            {
                sections.Tags = section[1..];
            }
        }

        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    private void ReadValues(ReadOnlySpan<byte> name, in Sections sections, long now)
    {
        var values = sections.Values;
        while (true)
        {
            var end = values.IndexOf((byte)':');
            Note(ReadValue(name, end < 0 ? values : values[..end], sections, now));
            if (end < 0)
            {
                return;
            }

            values = values[(end + 1)..];
        }
    }

    private DropReason ReadValue(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in Sections sections, long now)
    {
        var type = TypeOf(sections.Type, out var sampleType);
        var number = 0.0;
        if (value.IsEmpty || type == 0 || (type != 's' && !TryNumber(value, out number)) || (type != 'g' && number < 0))
        {
            return DropReason.Malformed;
        }

        var series = Router.Route(type, sampleType, name, sections.Tags);
        if (series.Dropped == DropReason.None)
        {
            Apply(series, type, number, value, sections.Rate, now);
            series.Seen = now;
        }

        return series.Dropped;
    }

    private static void Apply(PushedSeries series, byte type, double number, ReadOnlySpan<byte> text, double rate, long now)
    {
        number *= series.Mapping!.Scale;
        switch (type)
        {
            case (byte)'c':
                series.Series.Value += Math.Max(0, number) / rate;
                break;
            case (byte)'g':
                series.Series.Value = text[0] is (byte)'+' or (byte)'-' ? series.Series.Value + number : number;
                break;
            case (byte)'s':
                (series.Distinct ??= new DistinctCount()).Add(text);
                break;
            default:
                // milliseconds come to the base unit; histograms and distributions have the unit that they have
                series.Family!.Observe(series, type == 'm' ? number / 1000 : number, Math.Max(1, (long)Math.Min(1e9, Math.Round(1 / rate))), now);
                break;
        }
    }

    /// <summary>One byte for a type; 0 for none that is known.</summary>
    private static byte TypeOf(ReadOnlySpan<byte> type, out SampleType sampleType)
    {
        sampleType = SampleType.Observer;
        if (type.Length == 2)
        {
            return type.SequenceEqual("ms"u8) ? (byte)'m' : (byte)0;
        }

        if (type.Length != 1)
        {
            return 0;
        }

        sampleType = type[0] switch { (byte)'c' => SampleType.Counter, (byte)'g' or (byte)'s' => SampleType.Gauge, _ => SampleType.Observer };
        return type[0] is (byte)'c' or (byte)'g' or (byte)'s' or (byte)'h' or (byte)'d' ? type[0] : (byte)0;
    }

    private ref struct Sections
    {
        public ReadOnlySpan<byte> Values;
        public ReadOnlySpan<byte> Type;
        public ReadOnlySpan<byte> Tags;
        public double Rate;
    }
}
