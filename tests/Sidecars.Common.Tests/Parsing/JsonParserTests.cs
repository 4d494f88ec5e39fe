using System.Text;
using System.Text.Json;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

public class JsonParserTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "\"\\u00e9\"", "\\", "\\u12", "\\n", "1", "-", "0", "1.5", "e+3", "true", "false", "null", "nul", " ", "\t",
        "é", "\u0001", "{\"k\":1}", "[1,2]", "\"x\":{\"y\":[null]}",
    ];

    [Theory]
    [InlineData("""{"level":"info","status":200,"ok":true,"user":null,"took":-1.5e3}""", "level=info|number:status=200|boolean:ok=true|null:user=null|number:took=-1.5e3")]
    [InlineData("""  { "a" : { "b" : [1, {"c":"}"}] } , "d" : [ ] }  """, """json:a={ "b" : [1, {"c":"}"}] }|json:d=[ ]""")]
    [InlineData("""{"a\"b":"c\\d\n\u00e9\ud83d\ude00"}""", "a\"b=c\\d\né😀")]
    [InlineData("""{"é":"→"}""", "é=→")]
    [InlineData("{}", "")]
    public void TryParse_Object_MembersInTheirOrder(string line, string expected) => ParsedLine.Equal("json", line, expected);

    [Fact]
    public void TryParse_Flatten_MembersOfObjectsByTheirPath() => ParsedLine.Equal(
        "json",
        """{"a":{"b":{"c":1},"d":"x"},"e":{},"f":[{"g":1}],"h":true}""",
        """number:a.b.c=1|a.d=x|json:f=[{"g":1}]|boolean:h=true""",
        new ParserSettings { Flatten = true });

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":[1,]}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\u0001\"}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":\"unterminated")]
    public void TryParse_Malformed_FalseAndWhyInWords(string line)
    {
        var parser = ParsedLine.Parser("json");
        var bytes = Encoding.UTF8.GetBytes(line);

        Assert.Null(ParsedLine.Fields(parser, bytes));
        Assert.NotEqual("the line is a JSON object", parser.Explain(bytes));
    }

    [Fact]
    public void TryParse_NestedDeeperThanReadersTake_False()
    {
        var line = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));

        Assert.Null(ParsedLine.Fields("json", line));
        Assert.Null(ParsedLine.Fields("json", line, new ParserSettings { Flatten = true }));
    }

    [Fact]
    public void TryParse_NestedValueThatIsNotUtf8_IsTextSoThatNobodyCopiesIt()
    {
        var fields = new FieldSet();

        Assert.True(ParsedLine.Parser("json").TryParse((byte[])[.. "{\"a\":[\""u8, 0xFF, .. "\"]}"u8], fields));
        Assert.Equal(FieldKind.Text, fields[0].Kind);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryParse_RandomText_TakesWhatTheReaderOfTheRuntimeTakes(int seed)
    {
        var random = new Random(seed);
        var (plain, flat) = (ParsedLine.Parser("json"), ParsedLine.Parser("json", new ParserSettings { Flatten = true }));
        var taken = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var line = "{\"a\":" + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => Pieces[random.Next(Pieces.Length)])) + (random.Next(3) > 0 ? "}" : "");
            var bytes = Encoding.UTF8.GetBytes(line);
            var expected = IsObject(bytes);
            taken += expected ? 1 : 0;

            Assert.True(expected == ParsedLine.Fields(plain, bytes) is not null, line);
            Assert.True(expected == ParsedLine.Fields(flat, bytes) is not null, line);
        }

        Assert.InRange(taken, 100, 19_900);
    }

    private static bool IsObject(byte[] line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
