using Sidecars.Collector.Outputs;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>
/// At the end, when receivers did not take everything: what is left goes to standard output, as it is and each line once, so that it
/// is in the container's log. No cursor moves: a collector that starts with the same state still delivers it.
/// </summary>
internal sealed class Spill(Output stdout, int lineLimit)
{
    private readonly LineReader _reader = new(lineLimit);

    /// <summary>Writes what is left; the token is the deadline. Never throws for a deadline or a file that cannot be read.</summary>
    public async Task RunAsync(LogPipeline pipeline, CancellationToken deadline)
    {
        foreach (var file in pipeline.Discovery.Files)
        {
            var rests = pipeline.Lanes.Select(lane => (Lane: lane, Left: lane.RestOf(file))).Where(rest => rest.Left.Pending > 0).ToArray();
            if (rests.Length == 0)
            {
                continue;
            }

            var position = rests.MinBy(rest => rest.Left.Offset).Left;
            var begin = rests.Select(rest => rest.Left.Offset).ToArray();
            var isWhole = await WriteAsync(position, deadline).ConfigureAwait(false);
            for (var i = 0; i < rests.Length; i++)
            {
                rests[i].Lane.Spilled(Math.Max(0, position.Offset - begin[i]));
            }

            if (!isWhole)
            {
                return;
            }
        }
    }

    /// <summary>False when standard output takes no more.</summary>
    private async Task<bool> WriteAsync(TailPosition position, CancellationToken deadline)
    {
        using var encoder = new RawEncoder();
        try
        {
            while (_reader.TryRead(position, flush: true, out var block))
            {
                if (await stdout.WriteAsync(encoder.Encode(block, flush: true), deadline).ConfigureAwait(false) is not { IsAcknowledged: true })
                {
                    return false;
                }

                position.Advance(block);
            }

            return true;
        }
        catch (IOException)
        {
            // this file cannot be read; what is left of it is told as undelivered
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
