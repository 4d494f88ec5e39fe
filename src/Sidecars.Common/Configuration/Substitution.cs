namespace Sidecars.Common.Configuration;

/// <summary>
/// Fills <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${file:/path}</c> into values; <c>$${</c> is a literal <c>${</c>.
/// A dollar without a brace is left alone, so that nginx variables need no escape, and so is a number in braces, which is no variable's
/// name but what a pattern captured.
/// </summary>
internal sealed class Substitution(Func<string, string?> environment, ProblemList problems)
{
    private const string FilePrefix = "file:";

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
        var parts = new List<SecretPart>();
        var position = 0;
        while (text.IndexOf("${", position, StringComparison.Ordinal) is >= 0 and var start)
        {
            if (start > position && text[start - 1] == '$')
            {
                parts.Add(new SecretPart(text[position..(start - 1)] + "${"));
                position = start + 2;
                continue;
            }

            parts.Add(new SecretPart(text[position..start]));
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                problems.Add(scalar.Position, path, "'${' has no closing brace; write '$${' for a literal '${'");
                return scalar;
            }

            var reference = text[(start + 2)..end];
            parts.Add(IsNumber(reference) ? new SecretPart(text[start..(end + 1)])
                : reference.StartsWith(FilePrefix, StringComparison.Ordinal) ? ReadFile(reference[FilePrefix.Length..], scalar.Position, path)
                : new SecretPart(Resolve(reference, scalar.Position, path)));
            position = end + 1;
        }

        parts.Add(new SecretPart(text[position..]));
        return new ConfigScalar(scalar.Position, string.Concat(parts.Select(p => p.Text)), scalar.IsPlain)
        {
            Parts = parts.Exists(p => p.File is not null) ? parts : null,
        };
    }

    private static bool IsNumber(string reference) => reference.Length > 0 && reference.All(char.IsAsciiDigit);

    private string Resolve(string reference, Position position, string path)
    {
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

    private SecretPart ReadFile(string file, Position position, string path)
    {
        try
        {
            return new SecretPart(SecretPart.Read(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(position, path, $"the file '{file}' cannot be read: {e.Message}");
            return new SecretPart("", file);
        }
    }
}
