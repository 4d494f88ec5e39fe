using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Outputs.Loki;

/// <summary>
/// Finds the stream of a record by the values of the fields that are labels. There are only so many streams: the values of those that
/// are over it become <c>overflow</c>, as one field with many values could bring Loki down.
/// </summary>
internal sealed class LokiStreams
{
    private const string OverflowValue = "overflow";
    private const int NoValue = -1;

    private readonly FieldName[] _fields;
    private readonly string[] _names;
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly int _most;
    private readonly Action _overflowed;
    private readonly Dictionary<byte[], LokiStream> _streams = new(KeyComparer.Instance);
    private readonly Dictionary<byte[], LokiStream>.AlternateLookup<ReadOnlySpan<byte>> _bySpan;
    private readonly ArrayBufferWriter<byte> _key = new();
    private readonly Lazy<LokiStream> _overflow;
    private string? _path;
    private byte[] _pathUtf8 = [];

    public LokiStreams(LokiOutputOptions options, Action overflowed)
    {
        _fields = [.. options.LabelFields.Select(FieldName.Of)];
        _names = [.. options.LabelFields.Select(LabelName.Of)];
        _labels = [.. options.Labels];
        _most = options.MaxStreams;
        _overflowed = overflowed;
        _bySpan = _streams.GetAlternateLookup<ReadOnlySpan<byte>>();
        _overflow = new Lazy<LokiStream>(() => Create([.. _names.Select(_ => OverflowValue)]));
    }

    /// <summary>Whether a field of that name is a label.</summary>
    public bool IsLabel(FieldName name) => Array.Exists(_fields, field => field.Text == name.Text);

    public LokiStream Of(LogRecord record)
    {
        _key.ResetWrittenCount();
        foreach (var field in _fields)
        {
            var has = TryValue(record, field, out var value);
            BinaryPrimitives.WriteInt32LittleEndian(_key.GetSpan(sizeof(int)), has ? value.Length : NoValue);
            _key.Advance(sizeof(int));
            _key.Write(value);
        }

        if (_bySpan.TryGetValue(_key.WrittenSpan, out var stream))
        {
            return stream;
        }

        if (_streams.Count == _most)
        {
            _overflowed();
            return _overflow.Value;
        }

        stream = Create(Values());
        _streams.Add(_key.WrittenSpan.ToArray(), stream);
        return stream;
    }

    private bool TryValue(LogRecord record, FieldName field, out ReadOnlySpan<byte> value)
    {
        if (record.Fields.IndexOf(field) is >= 0 and var index)
        {
            ref readonly var found = ref record.Fields[index];
            value = found.Span;
            return found.Kind != FieldKind.Null && !value.IsEmpty;
        }

        value = field.Text switch
        {
            "severity" => SeverityWords.Of(record.Severity),
            "file" => PathOf(record),
            _ => default,
        };
        return !value.IsEmpty;
    }

    private byte[] PathOf(LogRecord record)
    {
        if (!ReferenceEquals(_path, record.File.Path))
        {
            _path = record.File.Path;
            _pathUtf8 = Encoding.UTF8.GetBytes(_path);
        }

        return _pathUtf8;
    }

    private string?[] Values()
    {
        var values = new string?[_fields.Length];
        var rest = _key.WrittenSpan;
        for (var i = 0; i < values.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            rest = rest[sizeof(int)..];
            if (length != NoValue)
            {
                values[i] = Encoding.UTF8.GetString(rest[..length]);
                rest = rest[length..];
            }
        }

        return values;
    }

    private LokiStream Create(string?[] values)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
            {
                labels[_names[i]] = value;
            }
        }

        foreach (var (name, value) in _labels)
        {
            labels[name] = value;
        }

        return new LokiStream($"{{{string.Join(", ", labels.Select(label => $"{label.Key}={Quoted(label.Value)}"))}}}", Json(labels));
    }

    /// <summary>A text in quotes with the escapes of Go, which Loki reads labels with.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                _ when char.IsControl(c) => quoted.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static byte[] Json(SortedDictionary<string, string> labels)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in labels)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }

    /// <summary>Compares keys by their bytes, without a copy for looking one up.</summary>
    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
