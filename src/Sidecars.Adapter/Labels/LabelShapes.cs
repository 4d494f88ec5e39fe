using System.Text;
using Sidecars.Adapter.Extraction;
using Sidecars.Adapter.Options;

namespace Sidecars.Adapter.Labels;

/// <summary>From what a configuration says of a label to what makes its value. It is given options that were validated.</summary>
internal static class LabelShapes
{
    /// <summary>The shape; null where the label is one field as it stands.</summary>
    public static LabelShape? Create(LabelOptions label, Extractor extractor, bool isUnsafe, string overflow)
    {
        if (!LabelTemplate.TryParse(label.Field, out var template, out var error))
        {
            throw new InvalidOperationException($"label {label.Name} was not validated: {error}");
        }

        return template.IsField && label.Shape is null ? null
            : new LabelShape(template, [.. template.Fields.Select(extractor.IndexOf)], [.. Steps(label.Shape ?? new LabelShapeOptions(), isUnsafe, overflow)]);
    }

    private static IEnumerable<LabelStep> Steps(LabelShapeOptions shape, bool isUnsafe, string overflow)
    {
        var other = Encoding.UTF8.GetBytes(shape.Default ?? overflow);
        if (shape.Regex is { } pattern)
        {
            yield return RegexStep.Create(pattern, shape.Replace, other, isUnsafe, out var mistake) ?? throw new InvalidOperationException($"'{pattern}' was not validated: {mistake}");
        }

        if (shape.Path is { } routes)
        {
            yield return new PathStep([.. routes.Select(route => new PathPattern(route))], other);
        }

        if (shape.StatusClass)
        {
            yield return new StatusClassStep(other);
        }

        if (shape.Case is { } letters)
        {
            yield return new CaseStep(letters == LabelShapeOptions.Upper);
        }

        if (shape.Map.Count > 0)
        {
            yield return new MapStep(shape.Map, other);
        }

        if (shape.Truncate is { } characters)
        {
            yield return new TruncateStep(characters);
        }
    }
}
