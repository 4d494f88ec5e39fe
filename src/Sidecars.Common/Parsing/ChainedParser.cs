namespace Sidecars.Common.Parsing;

/// <summary>
/// Two formats, one within the other: an application's JSON in what a container runtime writes, say. What stands in one field of the
/// outer format is taken apart by a second parser, whose fields take the field's place; where both have a field of one name, the
/// application's own holds.
/// </summary>
/// <param name="outer">Takes the line.</param>
/// <param name="inner">Takes the field.</param>
/// <param name="field">The field of <paramref name="outer"/>, such as <c>message</c>.</param>
public sealed class ChainedParser(LineParser outer, LineParser inner, FieldName field) : LineParser
{
    private readonly FieldSet _found = new();
    private string? _missed;

    /// <inheritdoc/>
    public override string Name => outer.Name;

    /// <inheritdoc/>
    public override string Format => $"{outer.Format}, then {inner.Format}";

    /// <inheritdoc/>
    public override string? Recognised => inner.Recognised ?? outer.Recognised;

    /// <inheritdoc/>
    public override string? Missed => _missed;

    /// <inheritdoc/>
    public override LineParser ForFile() => new ChainedParser(outer.ForFile(), inner.ForFile(), field);

    /// <inheritdoc/>
    public override bool TryParse(ArraySegment<byte> line, FieldSet fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _missed = null;
        if (!outer.TryParse(line, fields))
        {
            return false;
        }

        var index = fields.IndexOf(field);
        if (index < 0 || fields[index].Kind != FieldKind.Text)
        {
            _missed = inner.Name;
            return true;
        }

        // the values live on in the set that they were rented from: it is cleared only for the next line
        _found.Clear();
        if (!inner.TryParse(fields[index].Value, _found))
        {
            _missed = inner.Name;
            return true;
        }

        if (_found.Count > 0)
        {
            fields.RemoveAt(index);
            foreach (ref readonly var found in _found.All)
            {
                fields.Set(found.Name, found.Value, found.Kind);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string Explain(ArraySegment<byte> line)
    {
        var fields = new FieldSet();
        if (!outer.TryParse(line, fields))
        {
            return outer.Explain(line);
        }

        var index = fields.IndexOf(field);
        return index < 0 ? $"there is no field '{field.Text}' to take further apart" : $"in '{field.Text}': {inner.Explain(fields[index].Value)}";
    }
}
