using System.Text;
using System.Text.Json;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// collectd's text protocol, <c>PUTVAL host/plugin-instance/type-instance [interval=10] time:value[:value...]</c>, and the JSON of its
/// plugin write_http. Names are those of collectd_exporter: <c>collectd_plugin_type_source</c>, with <c>_total</c> for what counts.
/// Times are not kept.
/// </summary>
internal sealed class CollectdReader(SampleRouter router, CollectdTypes types) : SampleReader(router)
{
    private const int Longest = 2048;
    private const int MostValues = 100;
    private const byte BetweenTags = 0x1F;
    private const byte BeforeValue = 0x1E;

    private static readonly CollectdSource One = new("value"u8.ToArray(), CollectdKind.Gauge);
    private static readonly CollectdSource[] Places = [.. Enumerable.Range(0, MostValues).Select(place => new CollectdSource(Encoding.UTF8.GetBytes($"{place}"), CollectdKind.Gauge))];

    private readonly byte[] _identifier = new byte[Longest];
    private readonly byte[] _name = new byte[Longest];
    private readonly byte[] _tags = new byte[Longest];
    private int _lists;

    public static TagSyntax Tags => new((char)BetweenTags, (char)BeforeValue);

    public override bool Answers => true;

    /// <summary>Answers as collectd's plugin unixsock does.</summary>
    public override string? Answer(ReadOnlySpan<byte> line)
    {
        lock (Store.Gate)
        {
            var malformed = DroppedBy(DropReason.Malformed);
            _lists = 0;
            Read(line);
            return line.Trim("\r "u8).IsEmpty ? null
                : DroppedBy(DropReason.Malformed) > malformed ? "-1 Cannot be read; only PUTVAL and PUTNOTIF are known here.\n"
                : line.StartsWith("PUTNOTIF"u8) ? "0 Success\n"
                : $"0 Success: {_lists} {(_lists == 1 ? "value has" : "values have")} been dispatched.\n";
        }
    }

    public override bool ReadBody(ReadOnlySpan<byte> body)
    {
        if (!body.TrimStart(" \r\n\t"u8).StartsWith("["u8))
        {
            return base.ReadBody(body);
        }

        lock (Store.Gate)
        {
            try
            {
                foreach (var list in JsonSerializer.Deserialize(body, CollectdContext.Default.CollectdValuesArray) ?? [])
                {
                    // JSON may hold a null where the type has none
                    if (list is null)
                    {
                        Note(DropReason.Malformed);
                    }
                    else
                    {
                        ReadList(list, Store.Now);
                    }
                }

                return true;
            }
            catch (JsonException)
            {
                Note(DropReason.Malformed);
                return false;
            }
        }
    }

    protected override void ReadLine(ReadOnlySpan<byte> line, long now)
    {
        if (line.StartsWith("PUTNOTIF "u8))
        {
            Note(DropReason.Event);
            return;
        }

        if (!line.StartsWith("PUTVAL "u8) || !TryIdentifier(line["PUTVAL "u8.Length..], out var length, out var rest) || CollectdIdentifier.Parse(_identifier.AsSpan(0, length)) is not { IsWhole: true } identifier)
        {
            Note(DropReason.Malformed);
            return;
        }

        var lists = 0;
        while (!(rest = rest.TrimStart((byte)' ')).IsEmpty)
        {
            var end = rest.IndexOf((byte)' ');
            var word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[end..];
            if (word.IndexOf((byte)'=') < 0)
            {
                lists++;
                ReadValues(identifier, word, now);
            }
        }

        if (lists == 0)
        {
            Note(DropReason.Malformed);
        }

        _lists += lists;
    }

    /// <summary>The first word, which is quoted where it has blanks.</summary>
    private bool TryIdentifier(ReadOnlySpan<byte> text, out int length, out ReadOnlySpan<byte> rest)
    {
        text = text.TrimStart((byte)' ');
        var isQuoted = text.StartsWith("\""u8);
        var at = isQuoted ? 1 : 0;
        for (length = 0; at < text.Length && text[at] != (isQuoted ? '"' : ' '); at++)
        {
            at += isQuoted && text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            if (length == Longest)
            {
                break;
            }

            _identifier[length++] = text[at];
        }

        rest = at < text.Length ? text[(at + (isQuoted ? 1 : 0))..] : default;
        return at < text.Length && length < Longest;
    }

    /// <summary>Reads <c>time:value[:value...]</c>.</summary>
    private void ReadValues(in CollectdIdentifier identifier, ReadOnlySpan<byte> list, long now)
    {
        var colon = list.IndexOf((byte)':');
        if (colon <= 0 || (!list[..colon].SequenceEqual("N"u8) && !TryNumber(list[..colon], out _)))
        {
            Note(DropReason.Malformed);
            return;
        }

        var values = list[(colon + 1)..];
        var sources = types.Find(identifier.Type);
        var count = values.Count((byte)':') + 1;
        if (sources is not null ? sources.Length != count : count > MostValues)
        {
            Note(DropReason.Malformed);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var end = values.IndexOf((byte)':');
            ReadValue(identifier, end < 0 ? values : values[..end], sources?[i] ?? Unknown(i, count), now);
            values = values[(end + 1)..];
        }
    }

    /// <summary>U stands for no value, and so does what write_http makes of it.</summary>
    private void ReadValue(in CollectdIdentifier identifier, ReadOnlySpan<byte> text, CollectdSource source, long now)
    {
        if (!text.SequenceEqual("U"u8) && !text.SequenceEqual("nan"u8))
        {
            Note(TryNumber(text, out var value) ? Take(identifier, source.Name, source.Kind, value, now) : DropReason.Malformed);
        }
    }

    /// <summary>What a value is taken for where its type is not known; several are told apart by their place.</summary>
    private static CollectdSource Unknown(int place, int count) => count == 1 ? One : Places[place];

    private void ReadList(CollectdValues list, long now)
    {
        var identifier = default(CollectdIdentifier);
        identifier.Host = Bytes(list.Host);
        identifier.Plugin = Bytes(list.Plugin);
        identifier.PluginInstance = Bytes(list.PluginInstance);
        identifier.Type = Bytes(list.Type);
        identifier.TypeInstance = Bytes(list.TypeInstance);
        if (list.Values is not { } values)
        {
            Note(DropReason.Event);
            return;
        }

        if (!identifier.IsWhole || list.Dstypes?.Length != values.Length || list.Dsnames?.Length != values.Length)
        {
            Note(DropReason.Malformed);
            return;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                Note(double.IsFinite(value) && CollectdTypes.KindOf(list.Dstypes[i]) is { } kind ? Take(identifier, Bytes(list.Dsnames[i]), kind, value, now) : DropReason.Malformed);
            }
        }
    }

    private static byte[] Bytes(string? text) => Encoding.UTF8.GetBytes(text ?? "");

    private DropReason Take(in CollectdIdentifier identifier, ReadOnlySpan<byte> source, CollectdKind kind, double value, long now)
    {
        var isCounter = kind != CollectdKind.Gauge;
        var name = new Joined(_name);
        var tags = new Joined(_tags);
        name.Add("collectd."u8, identifier.Plugin);
        name.AddUnless(identifier.Type.SequenceEqual(identifier.Plugin), "."u8, identifier.Type);
        name.AddUnless(source.SequenceEqual("value"u8) || source.IsEmpty, "."u8, source);
        name.AddUnless(!isCounter, ".total"u8, default);
        var typeLabel = identifier.PluginInstance.IsEmpty ? identifier.Plugin : "type"u8;
        tags.AddTag(identifier.Plugin, identifier.PluginInstance);
        tags.AddTag(typeLabel, identifier.TypeInstance);
        tags.AddTag("host"u8, identifier.Host);
        if (name.IsFull || tags.IsFull || (isCounter && value < 0))
        {
            return DropReason.Malformed;
        }

        var series = Router.Route(isCounter ? (byte)'c' : (byte)'g', isCounter ? SampleType.Counter : SampleType.Gauge, name.Text, tags.Text);
        if (series.Dropped == DropReason.None)
        {
            value *= series.Mapping!.Scale;
            series.Series.Value = kind == CollectdKind.Absolute ? series.Series.Value + value : value;
            series.Seen = now;
        }

        return series.Dropped;
    }

    /// <summary>A text that grows in a buffer up to its end.</summary>
    private ref struct Joined(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public bool IsFull { get; private set; }

        public readonly ReadOnlySpan<byte> Text => _buffer[.._length];

        public void Add(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        {
            IsFull |= !first.TryCopyTo(_buffer[_length..]) || !second.TryCopyTo(_buffer[Math.Min(_buffer.Length, _length + first.Length)..]);
            _length = IsFull ? _length : _length + first.Length + second.Length;
        }

        public void AddUnless(bool isNot, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
        {
            if (!isNot)
            {
                Add(first, second);
            }
        }

        public void AddTag(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (!value.IsEmpty)
            {
                Add([BetweenTags], name);
                Add([BeforeValue], value);
            }
        }
    }
}
