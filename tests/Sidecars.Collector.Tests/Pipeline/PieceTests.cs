using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Collector.Shaping;
using Sidecars.Common.Configuration;
using Sidecars.Common.Parsing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>Lines that a container runtime cut, on their way to an output.</summary>
public sealed class PieceTests : IDisposable
{
    private const string Time = "2026-11-24T03:05:00.123456789Z";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Piece_waits_for_the_rest_of_its_line_and_the_cursor_with_it()
    {
        using var output = new TestOutput("test");
        var path = _folder.Write("a.log", Cri("stdout F whole", "stdout P a"));
        await using var running = Start(output);
        await Eventually.Equal(1, () => output.Lines.Length);
        Assert.Equal(Cri("stdout P a").Length, running.Pipeline.Lanes[0].PendingBytes);
        File.AppendAllText(path, Cri("stderr F between", "stdout F b"));
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal([$"{Time} stdout F whole", $"{Time} stdout F ab", $"{Time} stderr F between"], output.Lines);
        Assert.Equal(0, running.Pipeline.Lanes[0].PendingBytes);
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    [Fact]
    public async Task Piece_without_its_rest_is_delivered_at_the_end()
    {
        using var output = new TestOutput("test");
        _folder.Write("a.log", Cri("stdout P a", "stdout P b"));
        await using var running = Start(output);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal([$"{Time} stdout P ab"], output.Lines);
    }

    [Fact]
    public async Task Refused_record_among_pieces_is_a_dead_letter_with_its_whole_text()
    {
        _folder.Write("a.log", Cri("stdout P ba", "stderr F good", "stdout F d", "stdout P other", "stderr F fine", "stdout F !"));
        var letters = new DeadLetters(new DeadLetterOptions { Path = _folder["letters.json"], MaxSize = ByteSize.MiB(1) }, TimeProvider.System);
        using var output = new PickyOutput("test", line => line.EndsWith("bad", StringComparison.Ordinal));
        await using var running = Start(output, letters);
        await running.Pipeline.DrainAsync(CancellationToken.None);

        // what is sent to find out whether the receiver takes anything at all may come twice
        Assert.Equal(
            [$"{Time} stderr F fine", $"{Time} stderr F good", $"{Time} stdout F other!"],
            output.Lines.Distinct().Order(StringComparer.Ordinal));
        Assert.Contains($"\"text\":\"{Time} stdout F bad\"", Assert.Single(File.ReadAllLines(_folder["letters.json"])), StringComparison.Ordinal);
        var metrics = await running.MetricsAsync();
        Assert.Equal(2, metrics.Value("sidecars_collector_dropped_lines_total", ("output", "test"), ("reason", "refused")));
        Conservation.Assert(metrics, "test");
    }

    [Fact]
    public async Task Cursor_never_stands_among_pieces_when_a_batch_is_given_back()
    {
        string[] rest = ["stdout P cut", "stderr F between", "stdout F !"];
        _folder.Write("a.log", Cri(["stdout F first", .. rest]));
        using var output = new ReluctantOutput(line => line.Contains("cut", StringComparison.Ordinal));
        await using var running = Start(output);
        var lane = running.Pipeline.Lanes[0];
        await Eventually.True(() => output.IsAsked);
        lane.GiveUp(running.Pipeline.Discovery.Files.Single(), offset: 0);
        await Eventually.Equal(Cri(rest).Length, () => lane.PendingBytes);
        output.TakesAll();
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(
            [$"{Time} stderr F between", $"{Time} stderr F between", $"{Time} stdout F cut!", $"{Time} stdout F first"],
            output.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(0, lane.PendingBytes);
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    private static string Cri(params string[] lines) => string.Concat(lines.Select(line => $"{Time} {line}\n"));

    private TestPipeline Start(Output output, DeadLetters? letters = null)
    {
        var setting = new TestSetting
        {
            DeadLetters = letters,
            Encoder = () => new RecordEncoder(
                new PlainFormat(),
                new RecordShaper { Grouping = new PieceGrouping(PieceFormat.Of("cri")!, 64 * 1024) },
                TimeProvider.System),
        };
        return new TestPipeline(_folder, 64 * 1024, setting, output);
    }

    /// <summary>Takes some records only later, when it is told to.</summary>
    private sealed class ReluctantOutput(Func<string, bool> isPutOff) : Output("test")
    {
        private readonly List<string> _lines = [];
        private volatile bool _isAsked;
        private volatile bool _takesAll;

        public bool IsAsked => _isAsked;

        public string[] Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void TakesAll() => _takesAll = true;

        public override ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
        {
            var lines = Encoding.UTF8.GetString(batch.Payload.Span).Split('\n')[..^1];
            var putOff = Enumerable.Range(0, lines.Length).Where(i => !_takesAll && isPutOff(lines[i])).ToArray();
            lock (_lines)
            {
                _lines.AddRange(lines.Where((_, i) => !putOff.Contains(i)));
            }

            _isAsked = true;
            return ValueTask.FromResult(putOff.Length == 0
                ? Delivery.Acknowledged
                : Delivery.Partly("items", "later", [.. putOff.Select(i => new RecordVerdict(i, false, "later"))]));
        }

        public override void Dispose()
        {
        }
    }
}
