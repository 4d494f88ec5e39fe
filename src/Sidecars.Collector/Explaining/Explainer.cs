using System.Buffers;
using System.Text;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Parsing;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Explaining;

/// <summary>Writes for people what one input makes of lines.</summary>
internal sealed class Explainer(InputPlan plan, string path, TimeProvider time, TextWriter output)
{
    private readonly LogRecord _record = new() { File = FileFollower.Named(path, time) };
    private readonly LineParser? _parser = plan.Parser?.ForFile();

    /// <summary>Record by record, then how many there were and what became of them.</summary>
    public void Explain(byte[] bytes)
    {
        var (records, unparsed, dropped) = (0, 0, 0);
        for (var at = 0; at < bytes.Length;)
        {
            var length = NextLength(bytes.AsSpan(at));
            foreach (var (start, body) in Records(new ArraySegment<byte>(bytes, at, length)))
            {
                _record.Begin(_record.File, at + start, body.Count, ByteOrderMark.Without(body, at + start), time.GetUtcNow().UtcDateTime);
                records++;
                output.WriteLine($"record {records}: {Shown(_record.Body)}");
                unparsed += ExplainParser() ? 0 : 1;
                dropped += ExplainSteps() ? 0 : 1;
            }

            at += length;
        }

        output.WriteLine($"{records} records, {unparsed} not of the format, {dropped} dropped");
    }

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text).ReplaceLineEndings("\n          ");

    private int NextLength(ReadOnlySpan<byte> rest)
    {
        if (plan.Grouping is { } grouping)
        {
            var length = grouping.NextLength(rest);
            return length == 0 ? rest.Length : length;
        }

        var end = rest.IndexOf((byte)'\n');
        return end < 0 ? rest.Length : end + 1;
    }

    private IEnumerable<(int Start, ArraySegment<byte> Body)> Records(ArraySegment<byte> group)
    {
        var parts = plan.Grouping?.Cut(group) ?? [];
        return parts.Count == 0 ? [(0, LogRecord.WithoutTerminator(group))] : parts.Select(part => (part.Start, part.Body));
    }

    private bool ExplainParser()
    {
        if (_parser is null)
        {
            return true;
        }

        var isOfFormat = RecordParser.TryParse(_record, _parser);
        if (!isOfFormat)
        {
            output.WriteLine($"  {_parser.Format}: no match: {_parser.Explain(_record.Body)}");
        }

        if (_record.IsParsed)
        {
            output.WriteLine($"  {_parser.Format}: {_record.Fields.Count} fields");
        }

        foreach (ref readonly var field in _record.Fields.All)
        {
            output.WriteLine($"    {field.Name} = {Shown(field.Span)}{(field.Kind == FieldKind.Text ? "" : $" ({field.Kind.ToString().ToLowerInvariant()})")}");
        }

        return isOfFormat;
    }

    /// <summary>False when a step dropped the record.</summary>
    private bool ExplainSteps()
    {
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var before = Document();
            var outcome = plan.Steps[i].Apply(_record, isRepeat: false);
            var effect = outcome switch
            {
                StepOutcome.Dropped => "dropped",
                StepOutcome.Failed => "could not be taken; the record goes on as it is",
                _ => Document() == before ? "nothing to do" : "changed",
            };
            output.WriteLine($"  steps[{i}] {plan.Steps[i].Name}: {effect}");
            if (outcome == StepOutcome.Dropped)
            {
                return false;
            }
        }

        output.WriteLine($"  -> {Document()}");
        return true;
    }

    private string Document()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var format = new JsonRecordFormat();
        format.Write(_record, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan).TrimEnd('\n');
    }
}
