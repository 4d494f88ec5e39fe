namespace Sidecars.Collector.Outputs.Loki;

/// <summary>Names of labels as Prometheus and Loki have them: letters, digits and underscores, no digit first.</summary>
internal static class LabelName
{
    /// <summary>A field's name with underscores for what a label cannot have.</summary>
    public static string Of(string field)
    {
        var name = string.Create(field.Length, field, static (chars, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                chars[i] = char.IsAsciiLetterOrDigit(text[i]) ? text[i] : '_';
            }
        });
        return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }
}
