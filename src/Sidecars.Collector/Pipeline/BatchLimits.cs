using System.Collections.Concurrent;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>How much goes into one batch, and how long one may wait to fill up.</summary>
internal sealed class BatchLimits(int bytes, int lines, TimeSpan age, TimeProvider time)
{
    private readonly ConcurrentDictionary<FileFollower, long> _firstSeen = new();

    /// <summary>Everything that is there, at once.</summary>
    public static BatchLimits None { get; } = new(int.MaxValue, int.MaxValue, TimeSpan.Zero, TimeProvider.System);

    /// <summary>The beginning of a block that is within the limits; at least one line.</summary>
    public LineBlock Cut(in LineBlock block)
    {
        var all = block.Bytes.Span;
        var length = all.Length;
        if (length > bytes)
        {
            var fitting = all[..bytes].LastIndexOf((byte)'\n') + 1;
            length = fitting > 0 ? fitting : EndOfLine(all, 0);
        }

        if (lines != int.MaxValue)
        {
            length = Math.Min(length, EndOfLines(all));
        }

        return length == all.Length ? block : block.First(length);
    }

    /// <summary>How long what a file has is to wait for more; null when it is to go now.</summary>
    public TimeSpan? Wait(in LineBlock block, bool flush)
    {
        if (age == TimeSpan.Zero || flush || !block.ReachedEnd || block.Bytes.Length >= bytes || IsFullOfLines(block))
        {
            return null;
        }

        var left = age - time.GetElapsedTime(_firstSeen.GetOrAdd(block.File, static (_, time) => time.GetTimestamp(), time));
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>A batch of the file goes: what comes next begins to wait anew.</summary>
    public void Sent(FileFollower file)
    {
        if (age > TimeSpan.Zero)
        {
            _firstSeen.TryRemove(file, out _);
        }
    }

    private static int EndOfLine(ReadOnlySpan<byte> bytes, int start)
    {
        var newline = bytes[start..].IndexOf((byte)'\n');
        return newline < 0 ? bytes.Length : start + newline + 1;
    }

    private bool IsFullOfLines(in LineBlock block) => lines != int.MaxValue && block.CountLines() >= lines;

    private int EndOfLines(ReadOnlySpan<byte> all)
    {
        var end = 0;
        for (var line = 0; line < lines && end < all.Length; line++)
        {
            end = EndOfLine(all, end);
        }

        return end;
    }
}
