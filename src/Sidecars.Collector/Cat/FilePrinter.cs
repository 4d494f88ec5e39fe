using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Cat;

/// <summary>Prints a file from its start or its last lines, and goes on with what comes.</summary>
internal sealed class FilePrinter(string path, Stream output, TimeProvider time)
{
    private const int BufferSize = 64 * 1024;

    public async Task PrintAsync(bool follow, int? lines, CancellationToken cancellationToken)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var start = lines is { } count ? StartOfLast(handle, count) : 0;
        if (follow)
        {
            await FollowAsync(FileStatus.Of(handle).Identity, start, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Copy(handle, start, cancellationToken);
        }
    }

    /// <summary>Where the last lines begin; a last line without its newline is one.</summary>
    private static long StartOfLast(SafeFileHandle handle, int count)
    {
        var buffer = new byte[BufferSize];
        var end = RandomAccess.GetLength(handle);
        var wanted = count;
        for (var from = end; from > 0 && count > 0;)
        {
            var length = (int)Math.Min(BufferSize, from);
            from -= length;
            var bytes = buffer.AsSpan(0, RandomAccess.Read(handle, buffer.AsSpan(0, length), from));

            // the newline at the very end ends the last line and begins none
            var rest = from + bytes.Length == end && wanted == count && bytes.EndsWith("\n"u8) ? bytes[..^1] : bytes;
            for (int at; (at = rest.LastIndexOf((byte)'\n')) >= 0; rest = rest[..at])
            {
                wanted--;
                if (wanted == 0)
                {
                    return from + at + 1;
                }
            }
        }

        return count == 0 ? end : 0;
    }

    private void Copy(SafeFileHandle handle, long from, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        int count;
        while ((count = RandomAccess.Read(handle, buffer, from)) > 0 && !cancellationToken.IsCancellationRequested)
        {
            output.Write(buffer, 0, count);
            from += count;
        }
    }

    /// <summary>The file that was there begins at the start given; one that takes its name later begins at its own start.</summary>
    private async Task FollowAsync(FileIdentity first, long start, CancellationToken cancellationToken)
    {
        var options = new DiscoveryOptions([new DiscoverySource([path], [])]) { RotatedGrace = TimeSpan.FromSeconds(5) };
        using var discovery = new FileDiscovery(options, time, NullLogger<FileDiscovery>.Instance);
        var feed = discovery.Subscribe();
        var reader = new LineReader(BufferSize);
        var positions = new Dictionary<FileFollower, TailPosition>();
        var discovering = discovery.RunAsync(cancellationToken);
        try
        {
            while (true)
            {
                var file = await feed.NextAsync(cancellationToken).ConfigureAwait(false);
                if (!positions.TryGetValue(file, out var position))
                {
                    positions[file] = position = new TailPosition(file, file.Identity == first ? start : 0);
                }

                while (reader.TryRead(position, flush: true, out var block))
                {
                    output.Write(block.Bytes.Span);
                    position.Advance(block);
                }

                await output.FlushAsync(cancellationToken).ConfigureAwait(false);
                if (feed.IsLastCall(position))
                {
                    positions.Remove(file);
                    feed.Release(file);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await discovering.ConfigureAwait(false);
        }
    }
}
