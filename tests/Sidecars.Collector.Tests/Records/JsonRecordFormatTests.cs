using System.Buffers;
using System.Text;
using System.Text.Json;
using Sidecars.Collector.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Tests.Records;

public sealed class JsonRecordFormatTests : IDisposable
{
    private readonly TestRecords _records = new();

    public void Dispose() => _records.Dispose();

    [Fact]
    public void Write_Unparsed_HasTimeFileAndLine()
    {
        var record = _records.Create("say \"hi\" \\ ü\t\u0001");
        Assert.Equal($"{{\"time\":\"2026-11-24T03:05:00Z\",\"file\":\"{_records.Path}\",\"line\":\"say \\\"hi\\\" \\\\ ü\\t\\u0001\"}}\n", Write(record));
    }

    [Fact]
    public void Write_NotTaken_SaysByWhom()
    {
        var record = _records.Create("x");
        record.Unparsed = "nginx";
        record.Fields.Add(FieldName.Of("pod"), "web-1"u8.ToArray());
        Assert.Equal($"{{\"time\":\"2026-11-24T03:05:00Z\",\"file\":\"{_records.Path}\",\"unparsed\":\"nginx\",\"line\":\"x\",\"pod\":\"web-1\"}}\n", Write(record));
    }

    [Fact]
    public void Write_Fields_KeepTheirKinds()
    {
        var record = _records.Create("x", ("text", "a\nb"));
        record.Severity = Severity.Warn;
        record.Time = TestRecords.Time.AddTicks(1_250_000);
        record.Fields.Add(FieldName.Of("n"), "1.5"u8.ToArray(), FieldKind.Number);
        record.Fields.Add(FieldName.Of("b"), "true"u8.ToArray(), FieldKind.Boolean);
        record.Fields.Add(FieldName.Of("none"), "x"u8.ToArray(), FieldKind.Null);
        record.Fields.Add(FieldName.Of("tree"), "{ \"a\":\r\n [1] }"u8.ToArray(), FieldKind.Json);
        Assert.Equal(
            $"{{\"time\":\"2026-11-24T03:05:00.125Z\",\"severity\":\"warn\",\"file\":\"{_records.Path}\",\"text\":\"a\\nb\",\"n\":1.5,\"b\":true,\"none\":null,\"tree\":{{ \"a\":   [1] }}}}\n",
            Write(record));
    }

    [Fact]
    public void Write_FieldsNamedLikeOurs_GetAnUnderscore()
    {
        var document = JsonDocument.Parse(Write(_records.Create("x", ("time", "now"), ("file", "f"), ("line", "1"), ("severity", "high"), ("unparsed", "no"))));
        Assert.Equal(
            ["time", "file", "_time", "_file", "_line", "_severity", "_unparsed"],
            document.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Theory]
    [InlineData(nameof(InvalidUtf8.Replace), "line", "\ufffda\0\"")]
    [InlineData(nameof(InvalidUtf8.Base64), "line_base64", "/2EAIg==")]
    public void Write_InvalidUtf8_IsJsonAllTheSame(string invalid, string key, string expected)
    {
        var record = _records.Create([0xff, (byte)'a', 0, (byte)'"']);
        record.InvalidUtf8 = Enum.Parse<InvalidUtf8>(invalid);
        var document = JsonDocument.Parse(Write(record));
        Assert.Equal(expected, document.RootElement.GetProperty(key).GetString());
    }

    [Fact]
    public void Write_KeptInvalidUtf8_StandsAsItIs()
    {
        var output = new ArrayBufferWriter<byte>();
        var record = _records.Create([0xff, (byte)'\n']);
        record.InvalidUtf8 = InvalidUtf8.Keep;
        new JsonRecordFormat().Write(record, output);
        Assert.True(output.WrittenSpan.EndsWith((ReadOnlySpan<byte>)[(byte)'"', 0xff, (byte)'\\', (byte)'n', (byte)'"', (byte)'}', (byte)'\n']));
    }

    [Fact]
    public void Write_AnyBytes_ReadBackAsTheyWere()
    {
        var format = new JsonRecordFormat();
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(300)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 0x80 : 0xd7ff))]);
            var output = new ArrayBufferWriter<byte>(16);
            format.Write(_records.Create(text, ("a", text), ("b", "c")), output);
            var document = JsonDocument.Parse(output.WrittenMemory);
            Assert.Equal(text, document.RootElement.GetProperty("a").GetString());
            Assert.Equal(1, output.WrittenSpan.Count((byte)'\n'));
        }
    }

    private static string Write(LogRecord record)
    {
        var output = new ArrayBufferWriter<byte>();
        new JsonRecordFormat().Write(record, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
