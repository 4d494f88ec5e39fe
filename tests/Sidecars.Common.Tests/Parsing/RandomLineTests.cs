using System.Text;
using System.Text.Json;
using Sidecars.Common.Parsing;

namespace Sidecars.Common.Tests.Parsing;

/// <summary>Whatever a line holds, no parser throws, and what it finds stands in the line or in room of its own.</summary>
public class RandomLineTests
{
    private static readonly string[] Lines =
    [
        "10.0.0.1 - - [24/Nov/2026:03:05:00 +0000] \"GET /\\x22\\\" HTTP/1.1\" 200 612 \"-\" \"curl/8.1\" \"-\"",
        """{"log":"a\n","stream":"stdout","a":{"b":[1,2.5e3,{"c":null}]},"\u00e9":true}""",
        "level=info msg=\"x \\\"y\" a b=c",
        "2026-11-24T03:05:00.123456789Z stdout P hello",
        "<34>1 2003-10-11T22:14:15.003Z host su 12 ID47 [a@1 b=\"c\\]\"][d e=\"\"] \uFEFFx",
        "<34>Oct 11 22:14:15 mymachine su[12]: 'su root'",
        "2026/11/24 03:05:00 [error] 12#13: *14 failed, client: 10.0.0.1, request: \"GET / HTTP/1.1\", host: \"shop\"",
        "[Tue Nov 24 03:05:00.123456 2026] [core:error] [pid 12:tid 139] [client 10.0.0.1:80] AH00124: Request",
        "2026-11-24 03:05:00.123 UTC [812] bob@shop ERROR:  relation",
        "2026-11-24 03:05:00,123 INFO 12 --- [main] com.shop.Cart - Started",
        "2026-11-24 03:05:00,123 - shop.cart - WARNING - slow",
        "ERROR:root:x",
        "info: Shop.Cart[-1]\n      x",
        "1,\"two, \"\"2\"\"\",x",
        "key=value 12 end",
    ];

    public static TheoryData<string> Specs => [.. LineParsers.Words.Except(["log_format", "apache"]), "log_format $a $status|$b", "%h \"%r\" %b"];

    [Theory]
    [MemberData(nameof(Specs))]
    public void TryParse_DamagedLines_NeverThrowsNorReadsOutside(string spec)
    {
        var settings = new ParserSettings { Pattern = @"^(?<a>\w+)=(?<b>\S*) (?<c>\d+)?", Columns = ["a", "b", "c"], Flatten = true };
        var parser = ParsedLine.Parser(spec, spec is "regex" or "csv" or "json" ? settings : null);
        var random = new Random(spec.Length);
        var fields = new FieldSet();
        for (var i = 0; i < 15_000; i++)
        {
            var line = Damage(Lines[random.Next(Lines.Length)], random);
            var within = ParsedLine.Within(line);
            fields.Clear();
            parser = i % 5 == 0 ? parser.ForFile() : parser;

            if (parser.TryParse(within, fields))
            {
                Assert.All(fields.All.ToArray(), field => Assert.True(IsInside(field, within) && IsOfItsKind(field)));
            }

            if (i % 10 == 0)
            {
                Assert.NotEmpty(parser.Explain(within));
            }
        }
    }

    private static bool IsInside(Field field, ArraySegment<byte> line) => field.Value.Array != line.Array
        || (field.Value.Offset >= line.Offset && field.Value.Offset + field.Value.Count <= line.Offset + line.Count);

    /// <summary>What is no text is written into JSON as it stands.</summary>
    private static bool IsOfItsKind(Field field)
    {
        if (field.Kind == FieldKind.Text)
        {
            return true;
        }

        using var document = JsonDocument.Parse(field.Value);
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Number => field.Kind == FieldKind.Number,
            JsonValueKind.True or JsonValueKind.False => field.Kind == FieldKind.Boolean,
            JsonValueKind.Null => field.Kind == FieldKind.Null,
            _ => field.Kind == FieldKind.Json,
        };
    }

    private static byte[] Damage(string line, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(line).ToList();
        for (var damages = random.Next(4); damages > 0 && bytes.Count > 0; damages--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes[..random.Next(Math.Min(bytes.Count, 20))]);
                    break;
                default:
                    bytes.Insert(at, " \"\\[]{}:,=-<>%"u8[random.Next(14)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
