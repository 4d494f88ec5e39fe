using System.Buffers.Text;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// InfluxDB's line protocol: <c>measurement[,tag=value...] field=value[,field=value...] [timestamp]</c>. Each field that is a number or
/// a boolean is a gauge <c>measurement.field</c>, or <c>measurement</c> where it is called value; texts make no metrics, and times are not kept.
/// </summary>
internal sealed class InfluxReader(SampleRouter router) : SampleReader(router)
{
    private const int Longest = 2048;
    private const byte BetweenTags = 0x1F;
    private const byte BeforeValue = 0x1E;

    private readonly byte[] _name = new byte[Longest];
    private readonly byte[] _tags = new byte[Longest];

    /// <summary>Tags are handed on without their escapes, so what stands between them is what no tag has.</summary>
    public static TagSyntax Tags => new((char)BetweenTags, (char)BeforeValue);

    protected override void ReadLine(ReadOnlySpan<byte> line, long now)
    {
        line = line.Trim((byte)' ');
        if (line.IsEmpty || line[0] == '#')
        {
            return; // a comment
        }

        if (!TrySections(line, out var series, out var fields))
        {
            Note(DropReason.Malformed);
            return;
        }

        var comma = Find(series, (byte)',', inQuotes: false);
        var name = Unescape(comma < 0 ? series : series[..comma], _name);
        var tags = comma < 0 ? 0 : SplitTags(series[(comma + 1)..]);
        if (name == 0)
        {
            Note(DropReason.Malformed);
            return;
        }

        ReadFields(fields, name, _tags.AsSpan(0, tags), now);
    }

    /// <summary>Takes a line apart at its blanks: what it is about, its fields, and a time that is only looked at.</summary>
    private static bool TrySections(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> series, out ReadOnlySpan<byte> fields)
    {
        var end = Find(line, (byte)' ', inQuotes: false);
        series = end < 0 ? line : line[..end];
        var rest = end < 0 ? default : line[end..].TrimStart((byte)' ');
        var fieldsEnd = Find(rest, (byte)' ', inQuotes: true);
        fields = fieldsEnd < 0 ? rest : rest[..fieldsEnd];
        return series.Length <= Longest && !fields.IsEmpty && IsTime(fieldsEnd < 0 ? default : rest[fieldsEnd..].TrimStart((byte)' '));
    }

    private void ReadFields(ReadOnlySpan<byte> fields, int name, ReadOnlySpan<byte> tags, long now)
    {
        while (!fields.IsEmpty)
        {
            var end = Find(fields, (byte)',', inQuotes: true);
            Note(ReadField(end < 0 ? fields : fields[..end], name, tags, now));
            fields = end < 0 ? default : fields[(end + 1)..];
        }
    }

    private DropReason ReadField(ReadOnlySpan<byte> field, int name, ReadOnlySpan<byte> tags, long now)
    {
        var equals = Find(field, (byte)'=', inQuotes: false);
        if (equals <= 0 || name + 1 + equals > Longest)
        {
            return DropReason.Malformed;
        }

        var text = field[(equals + 1)..];
        if (text is [(byte)'"', .., (byte)'"'])
        {
            return DropReason.Event;
        }

        if (!TryValue(text, out var value))
        {
            return DropReason.Malformed;
        }

        var whole = name;
        if (!field[..equals].SequenceEqual("value"u8))
        {
            _name[whole++] = (byte)'.';
            whole += Unescape(field[..equals], _name.AsSpan(whole));
        }

        var series = Router.Route((byte)'g', SampleType.Gauge, _name.AsSpan(0, whole), tags);
        if (series.Dropped == DropReason.None)
        {
            series.Series.Value = value * series.Mapping!.Scale;
            series.Seen = now;
        }

        return series.Dropped;
    }

    private static bool TryValue(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text is [(byte)'t' or (byte)'T'] || text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8))
        {
            value = 1;
            return true;
        }

        if (text is [(byte)'f' or (byte)'F'] || text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8))
        {
            return true;
        }

        return TryNumber(text is [.., (byte)'i' or (byte)'u'] ? text[..^1] : text, out value);
    }

    private static bool IsTime(ReadOnlySpan<byte> text) => text.IsEmpty || (Utf8Parser.TryParse(text, out long _, out var used) && used == text.Length);

    /// <summary>Where a byte stands that is not escaped, nor in a quoted text; -1 for nowhere.</summary>
    private static int Find(ReadOnlySpan<byte> text, byte wanted, bool inQuotes)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"' && inQuotes)
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == wanted && !isQuoted)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text, int at) => text[at] == '\\' && at + 1 < text.Length && text[at + 1] is (byte)',' or (byte)'=' or (byte)' ';

    /// <summary>Takes escapes back; returns the length.</summary>
    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            i += IsEscape(text, i) ? 1 : 0;
            destination[length++] = text[i];
        }

        return length;
    }

    private int SplitTags(ReadOnlySpan<byte> text)
    {
        var length = 0;
        var isName = true;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsEscape(text, i))
            {
                _tags[length++] = text[++i];
            }
            else if (text[i] == ',')
            {
                isName = true;
                _tags[length++] = BetweenTags;
            }
            else if (text[i] == '=' && isName)
            {
                isName = false;
                _tags[length++] = BeforeValue;
            }
            else
            {
                _tags[length++] = text[i];
            }
        }

        return length;
    }
}
