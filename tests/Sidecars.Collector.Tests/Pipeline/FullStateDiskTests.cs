using Sidecars.Collector.Checkpoints;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>A state directory that cannot be written any more.</summary>
public sealed class FullStateDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FillableJournal _journal;

    public FullStateDiskTests() => _journal = new FillableJournal(_folder["state"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Delivery_waits_until_cursors_can_be_written_and_loses_and_repeats_nothing()
    {
        var path = _folder.Write("a.log", "1\n");
        using var output = new TestOutput("test");
        await using var running = new TestPipeline(_folder, 4096, new TestSetting { Journal = _journal }, output);
        await Eventually.True(() => running.Pipeline.Lanes[0] is { IsIdle: true, PendingBytes: 0 });
        _journal.IsFull = true;
        File.AppendAllText(path, "2\n");
        await Eventually.True(() => running.Pipeline.Cursors.IsHeld);
        File.AppendAllText(path, "3\n");
        await Eventually.True(() => _journal.Failures > 2, TimeSpan.FromMinutes(1));
        Assert.Equal(["1", "2"], output.Lines);
        Assert.NotNull(running.Pipeline.Lanes[0].Trouble);
        _journal.IsFull = false;
        await Eventually.Equal(3, () => output.Lines.Length);
        Assert.True(await running.Pipeline.StopAsync(CancellationToken.None));
        Assert.Equal(["1", "2", "3"], output.Lines);
    }

    [Fact]
    public async Task Drain_does_not_wait_for_it()
    {
        var path = _folder.Write("a.log", "1\n");
        using var output = new TestOutput("test");
        await using var running = new TestPipeline(_folder, 4096, new TestSetting { Journal = _journal }, output);
        await Eventually.True(() => running.Pipeline.Lanes[0] is { IsIdle: true, PendingBytes: 0 });
        _journal.IsFull = true;
        File.AppendAllText(path, "2\n");
        await Eventually.True(() => running.Pipeline.Cursors.IsHeld);
        File.AppendAllText(path, "3\n");
        await running.Pipeline.DrainAsync(CancellationToken.None);
        Assert.Equal(["1", "2", "3"], output.Lines);
        Assert.False(await running.Pipeline.StopAsync(CancellationToken.None));
    }

    private sealed class FillableJournal(string directory) : CursorJournal(directory)
    {
        private int _failures;

        public bool IsFull { get; set; }

        public int Failures => Volatile.Read(ref _failures);

        public override void Append(Cursor cursor)
        {
            ThrowIfFull();
            base.Append(cursor);
        }

        public override void Rewrite(IEnumerable<Cursor> cursors)
        {
            ThrowIfFull();
            base.Rewrite(cursors);
        }

        private void ThrowIfFull()
        {
            if (IsFull)
            {
                Interlocked.Increment(ref _failures);
                throw new IOException("No space left on device");
            }
        }
    }
}
