using System.Text;

namespace Sidecars.Common.Configuration;

/// <summary>
/// Fills <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${file:/path}</c> into values; <c>$${</c> is a literal <c>${</c>.
/// A dollar without a brace is left alone, so that nginx variables need no escape.
/// </summary>
internal sealed class Substitution(Func<string, string?> environment, ProblemList problems)
{
    /// <summary>The same tree with every value filled in; what cannot be filled is a problem at its place.</summary>
    public ConfigNode Apply(ConfigNode node, string path = "")
    {
        switch (node)
        {
            case ConfigScalar scalar:
                return scalar.Text.Contains("${", StringComparison.Ordinal) ? Fill(scalar, path) : scalar;
            case ConfigSequence sequence:
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    sequence.Items[i] = Apply(sequence.Items[i], KeyPath.Join(path, i));
                }

                return sequence;
            case ConfigMapping mapping:
                for (var i = 0; i < mapping.Entries.Count; i++)
                {
                    var (key, at, value) = mapping.Entries[i];
                    mapping.Entries[i] = (key, at, Apply(value, KeyPath.Join(path, key)));
                }

                return mapping;
            default:
                return node;
        }
    }

    private ConfigScalar Fill(ConfigScalar scalar, string path)
    {
        var text = scalar.Text;
        var result = new StringBuilder(text.Length);
        var secret = false;
        var position = 0;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var start)
        {
            if (start > position && text[start - 1] == '$')
            {
                result.Append(text, position, start - 1 - position).Append("${");
                position = start + 2;
                continue;
            }

            result.Append(text, position, start - position);
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                problems.Add(scalar.Position, path, "'${' has no closing brace; write '$${' for a literal '${'");
                return scalar;
            }

            var reference = text[(start + 2)..end];
            secret |= reference.StartsWith("file:", StringComparison.Ordinal);
            result.Append(Resolve(reference, scalar.Position, path));
            position = end + 1;
        }

        return new ConfigScalar(scalar.Position, result.Append(text, position, text.Length - position).ToString(), scalar.IsPlain) { IsSecret = secret };
    }

    private string Resolve(string reference, Position position, string path)
    {
        if (reference.StartsWith("file:", StringComparison.Ordinal))
        {
            return ReadFile(reference["file:".Length..], position, path);
        }

        var split = reference.IndexOf(":-", StringComparison.Ordinal);
        var name = split < 0 ? reference : reference[..split];
        if (environment(name) is { Length: > 0 } value)
        {
            return value;
        }

        if (split >= 0)
        {
            return reference[(split + 2)..];
        }

        problems.Add(position, path, $"the environment variable {name} is not set; set it, write ${{{name}:-default}}, or $${{{name}}} for the text itself");
        return "";
    }

    private string ReadFile(string file, Position position, string path)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(position, path, $"the file '{file}' cannot be read: {e.Message}");
            return "";
        }
    }
}
