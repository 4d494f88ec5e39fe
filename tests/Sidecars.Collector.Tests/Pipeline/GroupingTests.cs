using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Records;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>Records of several lines: a group ends where a line begins without a space.</summary>
public sealed class GroupingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unfinished_group_waits_for_its_end_and_the_cursor_with_it()
    {
        using var output = new TestOutput("test");
        var path = _folder.Write("a.log", "a\n b\nc\n d\n");
        await using var running = Start(output, TimeSpan.FromHours(1));
        await Eventually.Equal(1, () => output.Lines.Length);
        Assert.Equal(5, running.Pipeline.Lanes[0].PendingBytes);
        File.AppendAllText(path, " e\nf\n");
        await Eventually.Equal(2, () => output.Lines.Length);
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(["a| b", "c| d| e", "f"], output.Lines);
        Conservation.Assert(await running.MetricsAsync(), "test");
    }

    [Fact]
    public async Task Unfinished_group_is_delivered_when_its_patience_is_over()
    {
        using var output = new TestOutput("test");
        _folder.Write("a.log", "a\n b\n");
        await using var running = Start(output, TimeSpan.FromMilliseconds(50));
        await Eventually.Equal(1, () => output.Lines.Length);
        Assert.Equal(["a| b"], output.Lines);
    }

    [Fact]
    public async Task Group_over_the_buffer_comes_in_pieces()
    {
        using var output = new TestOutput("test");
        _folder.Write("a.log", "a\n" + string.Concat(Enumerable.Repeat(" b\n", 3000)));
        await using var running = Start(output, TimeSpan.FromHours(1));
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(3, output.Lines.Length);
        Assert.Equal(3001, output.Lines.Sum(line => line.Split('|').Length));
    }

    private TestPipeline Start(TestOutput output, TimeSpan patience)
    {
        var shaper = new RecordShaper { Grouping = new Indented(patience) };
        return new TestPipeline(_folder, 4096, fromEnd: false, () => new RecordEncoder(new PlainFormat(), shaper, TimeProvider.System), output);
    }

    private sealed class Indented(TimeSpan patience) : RecordGrouping
    {
        public override TimeSpan Patience => patience;

        public override int NextLength(ReadOnlySpan<byte> rest)
        {
            for (var at = 0; ;)
            {
                var newline = rest[at..].IndexOf((byte)'\n');
                at += newline + 1;
                if (newline < 0 || at == rest.Length)
                {
                    return 0;
                }

                if (rest[at] != (byte)' ')
                {
                    return at;
                }
            }
        }
    }
}
