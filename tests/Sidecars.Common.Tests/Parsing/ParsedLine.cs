using System.Text;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

/// <summary>Lines through parsers as tests read them: <c>name=value</c>, with the kind in front unless it is text (<c>number:status=200</c>).</summary>
internal static class ParsedLine
{
    public static LineParser Parser(string spec, ParserSettings? settings = null)
    {
        Assert.True(LineParsers.TryCreate(spec, settings ?? ParserSettings.Default, out var parser, out var error), error);
        return parser;
    }

    /// <summary>The fields; null when the parser does not take the line.</summary>
    public static string[]? Fields(LineParser parser, byte[] line)
    {
        var fields = new FieldSet();
        return parser.TryParse(Within(line), fields) ? [.. fields.All.ToArray().Select(Text)] : null;
    }

    public static string[]? Fields(string spec, string line, ParserSettings? settings = null) =>
        Fields(Parser(spec, settings), Encoding.UTF8.GetBytes(line));

    public static void Equal(string spec, string line, string expected, ParserSettings? settings = null) =>
        Equal(Parser(spec, settings), line, expected);

    public static void Equal(LineParser parser, string line, string expected) => Assert.Equal(expected, Text(parser, line));

    /// <summary>The fields in one text.</summary>
    public static string Text(LineParser parser, string line) => string.Join('|', Fields(parser, Encoding.UTF8.GetBytes(line)) ?? ["(no match)"]);

    /// <summary>The line between other bytes, as in a buffer: what reads outside finds them.</summary>
    public static ArraySegment<byte> Within(byte[] line) => new([.. "\"x=1}"u8, .. line, .. "\"}]=y"u8], 5, line.Length);

    private static string Text(Field field) =>
        $"{(field.Kind == FieldKind.Text ? "" : field.Kind.ToString().ToLowerInvariant() + ":")}{field.Name.Text}={Encoding.UTF8.GetString(field.Span)}";
}
