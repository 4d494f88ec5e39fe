using Sidecars.Adapter.Options;
using Sidecars.Common.Parsing;

namespace Sidecars.Adapter.Extraction;

/// <summary>From what an input says of its text to what takes it apart.</summary>
internal static class ExtractorFactory
{
    /// <summary>The extractor; null with the key and the mistake where the input is wrong.</summary>
    public static Extractor? Create(InputOptions input, out string key, out string mistake)
    {
        key = input.Forms.FirstOrDefault("");
        mistake = "";
        return key switch
        {
            "format" => Format(input, out mistake),
            "parse" => Parse(input, out mistake),
            "json" => JsonPath.TryParse(input.Json!, out var path, out mistake!) ? new JsonExtractor(path) : null,
            "xml" => Xml(input.Xml!, out mistake),
            "csv" => Csv(input.Csv!, out mistake),
            "ini" => new IniExtractor(input.Ini!),
            "key_value" => KeyValue(input.KeyValue!, out mistake),
            _ => null,
        };
    }

    private static FormatExtractor? Format(InputOptions input, out string mistake)
    {
        var isRight = FormatExtractor.TryCompile(input.Format!, input.IsPage, out var extractor, out var error);
        mistake = error?.ToString() ?? "";
        return isRight ? extractor : null;
    }

    private static ParseExtractor? Parse(InputOptions input, out string mistake)
    {
        var delimiter = input.Delimiter.Length == 1 ? input.Delimiter[0] : '"';
        return ParseExtractor.Create(input.Parse!, new ParserSettings { Columns = input.Columns, Delimiter = delimiter, Unsafe = input.Unsafe }, out mistake);
    }

    private static XmlExtractor? Xml(string path, out string mistake)
    {
        mistake = $"'{path}' is no XPath; write for example /status/queue";
        return XmlExtractor.Compile(path) is { } rows ? new XmlExtractor(rows) : null;
    }

    private static CsvExtractor? Csv(string separator, out string mistake)
    {
        mistake = $"'{separator}' is no separator; one character is expected, for example ','";
        return separator.Length == 1 && separator[0] is not ('"' or '\n') ? new CsvExtractor(separator[0]) : null;
    }

    private static KeyValueExtractor? KeyValue(string separator, out string mistake)
    {
        mistake = "the separator is empty; write for example ':'";
        return separator.Length > 0 ? new KeyValueExtractor(separator) : null;
    }
}
