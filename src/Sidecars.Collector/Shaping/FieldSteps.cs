using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Shaping;

/// <summary>Gives fields other names. Where the new name is taken, the field that has it gives way.</summary>
internal sealed class RenameStep(IEnumerable<(FieldName Old, FieldName New)> names) : Step
{
    private readonly (FieldName Old, FieldName New)[] _names = [.. names];

    public override string Name => "rename";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        foreach (var (old, name) in _names)
        {
            if (record.Fields.IndexOf(old) < 0 || old == name)
            {
                continue;
            }

            var taken = record.Fields.IndexOf(name);
            if (taken >= 0)
            {
                record.Fields.RemoveAt(taken);
            }

            record.Fields.Rename(record.Fields.IndexOf(old), name);
        }

        return StepOutcome.Done;
    }
}

/// <summary>Leaves fields out.</summary>
internal sealed class RemoveStep(IEnumerable<FieldName> names) : Step
{
    private readonly FieldName[] _names = [.. names];

    public override string Name => "remove";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        foreach (var name in _names)
        {
            var index = record.Fields.IndexOf(name);
            if (index >= 0)
            {
                record.Fields.RemoveAt(index);
            }
        }

        return StepOutcome.Done;
    }
}

/// <summary>Adds fields, each a text with places for others.</summary>
internal sealed class AddStep(IEnumerable<(FieldName Name, TextTemplate Text)> fields) : Step
{
    private readonly (FieldName Name, TextTemplate Text)[] _fields = [.. fields];

    public override string Name => "add";

    public override StepOutcome Apply(LogRecord record, bool isRepeat)
    {
        foreach (var (name, text) in _fields)
        {
            record.Fields.Set(name, text.Render(record));
        }

        return StepOutcome.Done;
    }
}
