using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sidecars.Adapter.Labels;

/// <summary>What a label is made of: a field's name, or a text with fields in braces, <c>{method} {status}</c>; <c>{{</c> is a brace.</summary>
internal sealed class LabelTemplate
{
    private LabelTemplate(IEnumerable<string> literals, IEnumerable<string> fields)
    {
        Literals = [.. literals.Select(Encoding.UTF8.GetBytes)];
        Fields = [.. fields];
    }

    /// <summary>What stands before, between and behind the fields: one more than there are fields.</summary>
    public IReadOnlyList<byte[]> Literals { get; }

    /// <summary>The fields in their order.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>Whether it is one field and nothing else.</summary>
    public bool IsField => Fields.Count == 1 && Literals.All(literal => literal.Length == 0);

    /// <summary>Reads a label's text; false with what is wrong.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LabelTemplate? template, [NotNullWhen(false)] out string? error)
    {
        (template, error) = (null, null);
        if (!text.AsSpan().ContainsAny('{', '}'))
        {
            template = new LabelTemplate(["", ""], [text]);
            return true;
        }

        var (literals, fields, literal) = (new List<string>(), new List<string>(), new StringBuilder());
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('{' or '}'))
            {
                literal.Append(text[at]);
            }
            else if (at + 1 < text.Length && text[at + 1] == text[at])
            {
                literal.Append(text[at++]);
            }
            else if (text[at] == '{' && text.IndexOf('}', at) is var end && end > at + 1)
            {
                literals.Add(literal.ToString());
                literal.Clear();
                fields.Add(text[(at + 1)..end]);
                at = end;
            }
            else
            {
                error = $"the brace at character {at + 1} does not stand around a field's name; write {{name}}, or {{{{ and }}}} for braces";
                return false;
            }
        }

        template = new LabelTemplate(literals.Append(literal.ToString()), fields);
        return true;
    }
}
