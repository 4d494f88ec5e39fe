using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>Alone, as it measures the whole process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

[Collection(typeof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task RawPath_SteadyState_AllocatesNothingPerLine()
    {
        const int lines = 500_000;
        using var folder = new TempFolder();
        using var output = new CountingOutput();
        folder.Write("a.log", "first\n");
        await using var running = new TestPipeline(folder, 256 * 1024, output);
        await Eventually.Equal(1, () => output.Lines);
        var text = string.Concat(Enumerable.Repeat("127.0.0.1 - - [24/Nov/2026:03:00:00 +0000] \"GET / HTTP/1.1\" 200 615\n", lines));
        File.AppendAllText(folder["warm.log"], text[..^(text.Length / 2)]);
        await Eventually.True(() => output.Lines > lines / 3);
        await Eventually.True(() => running.Pipeline.Lanes[0].IsIdle);
        folder.Write("b.tmp", text);
        var (linesBefore, before) = (output.Lines, GC.GetTotalAllocatedBytes(precise: true));
        File.Move(folder["b.tmp"], folder["b.log"]);
        await Eventually.True(() => output.Lines >= linesBefore + lines);
        var perLine = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)lines;
        Assert.True(perLine < 1, $"{perLine:0.###} bytes a line");
    }

    private sealed class CountingOutput() : Output("count")
    {
        private int _lines;

        public int Lines => Volatile.Read(ref _lines);

        public override ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
        {
            Interlocked.Add(ref _lines, batch.Lines);
            return ValueTask.FromResult(Delivery.Acknowledged);
        }

        public override void Dispose()
        {
        }
    }
}
