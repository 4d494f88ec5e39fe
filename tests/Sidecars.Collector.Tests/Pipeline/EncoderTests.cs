using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

public sealed class EncoderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\nb\n", "a\nb\n", 2)]
    [InlineData("a\r\n", "a\r\n", 1)]
    [InlineData("unfinished", "unfinished\n", 1)]
    [InlineData("\ufeffa\n\ufeffb\n", "a\n\ufeffb\n", 2)]
    [InlineData("\ufeff", "\n", 1)]
    public void Raw_Bytes_StayAsTheyAreAndEndWithANewline(string content, string expected, int lines)
    {
        var batch = Encode(new RawEncoder(), Encoding.UTF8.GetBytes(content));
        Assert.Equal(expected, Encoding.UTF8.GetString(batch.Payload.Span));
        Assert.Equal(lines, batch.Lines);
        Assert.Equal(Encoding.UTF8.GetByteCount(content), batch.Length);
    }

    [Fact]
    public void Json_AnyBytes_GiveOneObjectALine()
    {
        var batch = Encode(new RecordEncoder(new JsonRecordFormat(), new RecordShaper(), TimeProvider.System), [.. "say \"hi\" \\ ü\r\n"u8, 0xff, 0x00, 0x0a, 0x0a]);
        var objects = Encoding.UTF8.GetString(batch.Payload.Span).Split('\n')[..^1];
        Assert.Equal(3, batch.Lines);
        Assert.Equal(["say \"hi\" \\ ü", "\ufffd\0", ""], objects.Select(text => JsonDocument.Parse(text).RootElement.GetProperty("line").GetString()));
        Assert.All(objects, text => Assert.Equal(_folder["a.log"], JsonDocument.Parse(text).RootElement.GetProperty("file").GetString()));
    }

    private Batch Encode(BatchEncoder encoder, byte[] content)
    {
        File.WriteAllBytes(_folder["a.log"], content);
        using var discovery = new FileDiscovery(
            new DiscoveryOptions([new DiscoverySource([_folder["a.log"]], [])]),
            TimeProvider.System,
            NullLogger<FileDiscovery>.Instance);
        discovery.Scan();
        var position = new TailPosition(discovery.Files.Single(), 0);
        Assert.True(new LineReader(4096).TryRead(position, flush: true, out var block));
        return encoder.Encode(block, flush: true);
    }
}
