using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Forward;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Parsing;

namespace Sidecars.Collector.Tests.Outputs.Forward;

/// <summary>Bytes as the specifications of MessagePack and of the Forward protocol have them.</summary>
public sealed class ForwardFormatTests : IDisposable
{
    private readonly TestRecords _records = new();

    public void Dispose() => _records.Dispose();

    [Fact]
    public void Write_Line_IsAnEventTimeAndAMap()
    {
        var record = _records.Create("GET /");
        record.Time = DateTime.UnixEpoch.AddSeconds(0x6564_6F21).AddTicks(1234567);
        var path = Encoding.UTF8.GetBytes(_records.Path);
        byte[] expected =
        [
            0x92, // array of 2
            0xD7, 0x00, 0x65, 0x64, 0x6F, 0x21, 0x07, 0x5B, 0xCC, 0xBC, // fixext 8, type 0: seconds, 123456700 nanoseconds
            0x82, // map of 2
            0xA4, .. "file"u8, .. String(path),
            0xA4, .. "line"u8, 0xA5, .. "GET /"u8,
        ];
        Assert.Equal(expected, Batches.Write(new ForwardFormat(), record).ToArray());
    }

    [Fact]
    public void Write_Fields_HaveTheirTypes()
    {
        var record = _records.Create("x", ("text", "caf\u00e9"));
        record.Severity = Sidecars.Collector.Records.Severity.Error;
        Add(record, "whole", "-300", FieldKind.Number);
        Add(record, "broken", "1.5", FieldKind.Number);
        Add(record, "yes", "true", FieldKind.Boolean);
        Add(record, "none", "", FieldKind.Null);
        Add(record, "nested", """{"a":[1,"b\n",{}],"c":null,"d":false}""", FieldKind.Json);
        Add(record, "file", "own", FieldKind.Text);
        record.Fields.Add(FieldName.Of("bytes"), (byte[])[0xFF, 0]);
        byte[] expected =
        [
            0x8A,
            0xA8, .. "severity"u8, 0xA5, .. "error"u8,
            0xA4, .. "file"u8, .. String(Encoding.UTF8.GetBytes(_records.Path)),
            0xA4, .. "text"u8, 0xA5, .. "caf\u00e9"u8,
            0xA5, .. "whole"u8, 0xD1, 0xFE, 0xD4, // int 16
            0xA6, .. "broken"u8, 0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0, // float 64
            0xA3, .. "yes"u8, 0xC3,
            0xA4, .. "none"u8, 0xC0,
            0xA6, .. "nested"u8, 0x83, 0xA1, .. "a"u8, 0x93, 0x01, 0xA2, .. "b\n"u8, 0x80, 0xA1, .. "c"u8, 0xC0, 0xA1, .. "d"u8, 0xC2,
            0xA5, .. "_file"u8, 0xA3, .. "own"u8,
            0xA5, .. "bytes"u8, 0xC4, 0x02, 0xFF, 0x00, // bin 8
        ];
        var written = Batches.Write(new ForwardFormat(), record).ToArray();
        Assert.Equal(expected, written[11..]);
    }

    [Fact]
    public void Message_PackedForward_IsTagEntriesAndOption()
    {
        var message = new ForwardMessage(new ForwardOutputOptions { Tag = "app.log" });
        var (head, entries, option) = message.Write(Batches.Of("entries\n"), "chunk");
        byte[] expected =
        [
            0x93, 0xA7, .. "app.log"u8,
            0xC4, 0x08, .. "entries\n"u8,
            0x82, 0xA4, .. "size"u8, 0x01, 0xA5, .. "chunk"u8, 0xA5, .. "chunk"u8,
        ];
        Assert.Equal(expected, (byte[])[.. head.Span, .. entries.Span, .. option.Span]);
    }

    [Fact]
    public void ChunkOf_SameBatch_IsTheSameAndOfAnotherIsNot()
    {
        Assert.Equal(ForwardMessage.ChunkOf(Batches.Of("a")), ForwardMessage.ChunkOf(Batches.Of("a")));
        Assert.NotEqual(ForwardMessage.ChunkOf(Batches.Of("a")), ForwardMessage.ChunkOf(Batches.Of("b")));
        Assert.Equal(16, Convert.FromBase64String(ForwardMessage.ChunkOf(Batches.Of("a"))).Length);
    }

    private static void Add(Sidecars.Collector.Records.LogRecord record, string name, string value, FieldKind kind) =>
        record.Fields.Add(FieldName.Of(name), Encoding.UTF8.GetBytes(value), kind);

    private static byte[] String(byte[] text) => text.Length < 32 ? [(byte)(0xA0 + text.Length), .. text] : [0xD9, (byte)text.Length, .. text];
}
