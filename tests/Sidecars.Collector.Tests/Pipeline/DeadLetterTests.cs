using System.Text.Json;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

public sealed class DeadLetterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Refused_records_are_in_the_file_with_the_reason_and_every_byte()
    {
        File.WriteAllBytes(_folder["a.log"], [.. "good\nbad\nbad "u8, 0xff, .. "\ngood\n"u8]);
        using var output = new PickyOutput("test", line => line.StartsWith("bad", StringComparison.Ordinal));
        await using var running = Start(output, Letters("dead/letters.json"));
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(["good", "good"], output.Lines);
        var letters = File.ReadAllLines(_folder["dead/letters.json"]).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(2, letters.Length);
        Assert.Equal("bad", letters[0].GetProperty("text").GetString());
        Assert.Equal(5, letters[0].GetProperty("offset").GetInt64());
        Assert.Equal("bad "u8.ToArray().Append((byte)0xff), letters[1].GetProperty("base64").GetBytesFromBase64());
        Assert.All(letters, letter => Assert.Equal(
            ("test", "mapping", "no such field", _folder["a.log"]),
            (Text(letter, "output"), Text(letter, "reason"), Text(letter, "detail"), Text(letter, "file"))));
    }

    [Fact]
    public async Task Records_wait_as_long_as_the_file_cannot_be_written()
    {
        File.CreateSymbolicLink(_folder["letters.json"], "/dev/full");
        File.WriteAllText(_folder["a.log"], "good\nbad\n");
        using var output = new PickyOutput("test", line => line == "bad");
        await using var running = Start(output, Letters("letters.json"));
        await Eventually.True(() => running.Pipeline.Lanes[0].Trouble?.StartsWith("dead_letters", StringComparison.Ordinal) == true);
        Assert.Equal(9, running.Pipeline.Lanes[0].PendingBytes);
        File.Delete(_folder["letters.json"]);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Single(File.ReadAllLines(_folder["letters.json"]));
        Assert.Equal(0, running.Pipeline.Lanes[0].PendingBytes);
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    private static string? Text(JsonElement letter, string name) => letter.GetProperty(name).GetString();

    private DeadLetters Letters(string path) => new(new DeadLetterOptions { Path = _folder[path], MaxSize = ByteSize.MiB(1) }, TimeProvider.System);

    private TestPipeline Start(PickyOutput output, DeadLetters letters) => new(_folder, 4096, new TestSetting { DeadLetters = letters }, output);
}
