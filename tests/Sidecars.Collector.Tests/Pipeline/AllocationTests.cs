using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>Alone, as it measures the whole process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

[Collection(typeof(Alone))]
public sealed class AllocationTests
{
    private const string LogFormat = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent";
    private const string Line = "127.0.0.1 - - [24/Nov/2026:03:00:00 +0000] \"GET / HTTP/1.1\" 200 615\n";

    [Fact]
    public async Task RawPath_SteadyState_AllocatesNothingPerLine() => await AssertNothingPerLineAsync(() => new RawEncoder(), Line);

    [Fact]
    public async Task LogFormatToJson_SteadyState_AllocatesNothingPerLine() =>
        await AssertNothingPerLineAsync(() => ToJson(new ParseOptions { Format = LogFormat }), Line);

    [Fact]
    public async Task CriThenJson_SteadyState_AllocatesNothingPerLine() => await AssertNothingPerLineAsync(
        () => ToJson(new ParseOptions { Format = "cri", Then = new ThenOptions { Format = "json" } }),
        "2026-11-24T03:05:00.123456789Z stdout F {\"level\":\"info\",\"n\":1}\n");

    [Fact]
    public void StepsToJson_SteadyState_AllocateNothingPerLine()
    {
        const string line = "{\"n\":1,\"m\":\"key=abc of jane@mail.example from 10.1.2.3 and ::1\",\"lvl\":\"warn\",\"path\":\"/a\",\"pid\":7,\"file\":\"its own\",\"at\":\"2026-11-24T03:05:00Z\"}\n";
        using var folder = new TempFolder();
        using var encoder = ToJson(
            new ParseOptions { Format = "json" },
            new() { Keep = "n > 0 and m contains \"jane\"" },
            new() { Drop = "level == debug or path starts_with \"/health\"" },
            new() { Rename = new() { ["m"] = "message" } },
            new() { Remove = ["pid"] },
            new() { Add = new() { ["env"] = "test", ["place"] = "{path} in {file_name}" } },
            new() { Redact = new() { Presets = ["email", "card", "bearer", "ipv4", "ipv6"] } },
            new() { Redact = new() { Patterns = ["key=\\w+"], Fields = ["message"] }, When = "exists(message)" },
            new() { Severity = new() { Field = "lvl" } },
            new() { Time = new() { Field = "at", Format = "rfc3339" } });
        using var discovery = new FileDiscovery(
            new DiscoveryOptions([new DiscoverySource([folder.Write("a.log", string.Concat(Enumerable.Repeat(line, 1000)))], [])]),
            TimeProvider.System,
            NullLogger<FileDiscovery>.Instance);
        discovery.Scan();
        Assert.True(new LineReader(1_000_000).TryRead(new TailPosition(discovery.Files.Single(), 0), flush: true, out var block));
        var batch = encoder.Encode(block, flush: true);
        Assert.Equal(
            $$"""{"time":"2026-11-24T03:05:00Z","severity":"warn","file":"{{folder["a.log"]}}","n":1,"message":"[redacted] of [redacted] from [redacted] and [redacted]","lvl":"warn","path":"/a","_file":"its own","at":"2026-11-24T03:05:00Z","env":"test","place":"/a in its own"}""",
            System.Text.Encoding.UTF8.GetString(batch.Payload.Span[..batch.Ends.Span[0]]).TrimEnd('\n'));
        const int rounds = 20;
        var before = 0L;
        for (var round = 0; round <= rounds; round++)
        {
            before = round == 1 ? GC.GetAllocatedBytesForCurrentThread() : before;
            Assert.Equal(1000, encoder.Encode(block, flush: true).Records);
        }

        var perLine = (GC.GetAllocatedBytesForCurrentThread() - before) / (1000.0 * rounds);
        Assert.True(perLine < 1, $"{perLine:0.###} bytes a line");
    }

    private static RecordEncoder ToJson(ParseOptions parse, params List<StepOptions> steps)
    {
        var options = new CollectorOptions { Inputs = [new() { Paths = ["/**/*.log"], Parse = parse, Steps = steps }] };
        var metrics = new CollectorMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Of("count");
        var report = new ShapingReport("count", metrics, new PipelineLog(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance), []);
        return new RecordEncoder(new JsonRecordFormat(), Shapings.Shaper(options, report, TimeProvider.System), TimeProvider.System);
    }

    private static async Task AssertNothingPerLineAsync(Func<BatchEncoder> encoder, string line)
    {
        const int lines = 500_000;
        using var folder = new TempFolder();
        using var output = new CountingOutput();
        folder.Write("a.log", line);
        await using var running = new TestPipeline(folder, 256 * 1024, fromEnd: false, encoder, output);
        await Eventually.Equal(1, () => output.Lines);
        var text = string.Concat(Enumerable.Repeat(line, lines));
        File.AppendAllText(folder["warm.log"], text[..^(text.Length / 2)]);
        await Eventually.True(() => output.Lines > lines / 3, Deadline);
        await Eventually.True(() => running.Pipeline.Lanes[0].IsIdle, Deadline);
        folder.Write("b.tmp", text);
        var (linesBefore, before) = (output.Lines, GC.GetTotalAllocatedBytes(precise: true));
        File.Move(folder["b.tmp"], folder["b.log"]);
        await Eventually.True(() => output.Lines >= linesBefore + lines, Deadline);
        var perLine = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)lines;
        Assert.True(perLine < 1, $"{perLine:0.###} bytes a line");
    }

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

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
