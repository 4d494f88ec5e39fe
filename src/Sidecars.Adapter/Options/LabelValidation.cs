using System.Text;
using Sidecars.Adapter.Labels;
using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks what becomes of one label's value.</summary>
internal sealed class LabelValidation(string at, LabelOptions label, bool isUnsafe, ProblemList problems, LimitsOptions limits)
{
    /// <summary>Checks the label; returns the fields that it asks for.</summary>
    public IReadOnlyList<string> Run()
    {
        if (label.Shape is { } shape)
        {
            Check(shape, $"{at}.{label.Name}");
        }

        if (LabelTemplate.TryParse(label.Field, out var template, out var error))
        {
            return template.Fields;
        }

        problems.Add(label.Shape is null ? $"{at}.{label.Name}" : $"{at}.{label.Name}.field", error);
        return [];
    }

    private void Check(LabelShapeOptions shape, string key)
    {
        if (shape.Regex is { } regex && RegexStep.Create(regex, null, [], isUnsafe, out var mistake) is null)
        {
            problems.Add($"{key}.regex", mistake);
        }

        if (shape.Replace is not null && shape.Regex is null)
        {
            problems.Add($"{key}.replace", "replace says what becomes of what regex finds; add regex");
        }

        for (var i = 0; i < (shape.Path?.Count ?? 0); i++)
        {
            if (PathPattern.Mistake(shape.Path![i]) is { } wrong)
            {
                problems.Add($"{key}.path[{i}]", wrong);
            }
        }

        if (shape.Case is not (null or LabelShapeOptions.Lower or LabelShapeOptions.Upper))
        {
            problems.Add($"{key}.case", $"'{shape.Case}' is neither lower nor upper");
        }

        if (shape.Default is not null && !shape.CanFail)
        {
            problems.Add($"{key}.default", "default is for values that regex, path, status_class or map have nothing for; there is none of them");
        }

        CheckWords(shape, key);
    }

    private void CheckWords(LabelShapeOptions shape, string key)
    {
        foreach (var (word, meaning) in shape.Map.Append(new KeyValuePair<string, string>("", shape.Default ?? "")))
        {
            if (Encoding.UTF8.GetByteCount(meaning) > limits.LabelBytes || meaning.Any(char.IsControl))
            {
                problems.Add(word.Length == 0 ? $"{key}.default" : $"{key}.map", $"a value has at most limits.label_bytes ({limits.LabelBytes}) bytes and no control characters");
            }
        }
    }
}
