using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Puts another text in the place of what redactors find: in some fields, or in the line and all fields.</summary>
internal sealed class RedactStep(Redactor[] redactors, FieldName[] only, byte[] replacement) : Step
{
    private byte[] _from = new byte[1024];
    private byte[] _to = new byte[1024];

    public override string Name => "redact";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        if (only.Length == 0 && TryRedact(record.Body, out var length))
        {
            record.Body = record.Fields.Keep(_from.AsSpan(0, length));
        }

        for (var i = 0; i < record.Fields.Count; i++)
        {
            ref readonly var field = ref record.Fields[i];
            if (field.Kind is not (FieldKind.Null or FieldKind.Boolean)
                && (only.Length == 0 || Array.IndexOf(only, field.Name) >= 0)
                && TryRedact(field.Span, out length))
            {
                record.Fields.Replace(i, record.Fields.Keep(_from.AsSpan(0, length)), FieldKind.Text);
            }
        }

        return StepOutcome.Done;
    }

    /// <summary>Leaves the redacted text in <see cref="_from"/>; false when there was nothing to hide.</summary>
    private bool TryRedact(ReadOnlySpan<byte> text, out int length)
    {
        var found = false;
        length = text.Length;
        foreach (var redactor in redactors)
        {
            var current = found ? _from.AsSpan(0, length) : text;
            if (TryRedact(redactor, current, out var written))
            {
                (found, length) = (true, written);
                (_from, _to) = (_to, _from);
            }
        }

        return found;
    }

    /// <summary>Writes to <see cref="_to"/>.</summary>
    private bool TryRedact(Redactor redactor, ReadOnlySpan<byte> text, out int written)
    {
        written = 0;
        var (done, at) = (0, redactor.Find(text, 0, out var length));
        if (at < 0)
        {
            return false;
        }

        while (at >= 0)
        {
            written = Write(text[done..at], written);
            written = Write(replacement, written);
            done = at + length;
            at = redactor.Find(text, done, out length);
        }

        written = Write(text[done..], written);
        return true;
    }

    private int Write(ReadOnlySpan<byte> bytes, int at)
    {
        if (_to.Length < at + bytes.Length)
        {
            Array.Resize(ref _to, Math.Max(2 * _to.Length, at + bytes.Length));
        }

        bytes.CopyTo(_to.AsSpan(at));
        return at + bytes.Length;
    }
}
