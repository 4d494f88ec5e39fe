using System.IO.Pipes;
using Sidecars.Collector.Outputs;

namespace Sidecars.Collector.Tests.Outputs;

/// <summary>Real pipes.</summary>
public class StdoutOutputTests
{
    [Fact]
    public async Task WriteAsync_ReaderSlowerThanTheBatch_DeliversEveryByteOnce()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var output = Create(reader);
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"));
        var writing = output.WriteAsync(Batches.Of(text), default).AsTask();
        Assert.False(writing.IsCompleted);
        var received = new MemoryStream();
        var buffer = new byte[1000];
        while (received.Length < text.Length)
        {
            received.Write(buffer, 0, reader.Read(buffer));
        }

        Assert.True((await writing).IsAcknowledged);
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(received.ToArray()));
    }

    [Fact]
    public async Task WriteAsync_NobodyReads_LeavesAtTheDeadline()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var output = Create(reader);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var big = Batches.Of(new string('x', 1_000_000) + "\n");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => output.WriteAsync(big, deadline.Token).AsTask());
    }

    [Fact]
    public async Task WriteAsync_ReaderGone_IsNotAcknowledged()
    {
        var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using var output = Create(reader);
        Assert.True((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
        reader.Dispose();
        Assert.Equal("closed", (await output.WriteAsync(Batches.Of("2\n"), default)).Failure);
    }

    /// <summary>The write end is a handle of the output's own; ours is closed, so that its end is the pipe's end.</summary>
    private static StdoutOutput Create(AnonymousPipeServerStream reader)
    {
        var handle = File.OpenHandle($"/proc/self/fd/{reader.ClientSafePipeHandle.DangerousGetHandle()}", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        reader.DisposeLocalCopyOfClientHandle();
        return new StdoutOutput("stdout", new Lock(), handle);
    }
}
