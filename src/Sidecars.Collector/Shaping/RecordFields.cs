using System.Text;
using Sidecars.Collector.Records;
using Sidecars.Common.Expressions;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>What an expression, or a step, calls a field: those of the record, and the record's own <c>line</c>, <c>file</c> and <c>severity</c>.</summary>
internal sealed class RecordFields(IEnumerable<string> names) : FieldSource
{
    private readonly FieldName[] _names = [.. names.Select(FieldName.Of)];
    private string? _path;
    private byte[] _file = [];

    /// <summary>The record that is asked about.</summary>
    public LogRecord? Record { get; set; }

    public override bool TryGet(int field, ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var name = _names[field];
        var index = Record!.Fields.IndexOf(name);
        if (index >= 0)
        {
            ref readonly var found = ref Record.Fields[index];
            value = found.Span;
            return found.Kind != FieldKind.Null;
        }

        switch (name.Text)
        {
            case "line":
                value = Record.Body;
                return true;
            case "file":
                value = File(Record.File.Path);
                return true;
            case "severity":
                value = SeverityWords.Of(Record.Severity);
                return value.Length > 0;
            default:
                value = default;
                return false;
        }
    }

    public override bool TrySeverity(ReadOnlySpan<byte> value, out int severity) => SeverityText.TryRead(value, out severity);

    private byte[] File(string path)
    {
        if (!ReferenceEquals(path, _path))
        {
            (_path, _file) = (path, Encoding.UTF8.GetBytes(path));
        }

        return _file;
    }
}
