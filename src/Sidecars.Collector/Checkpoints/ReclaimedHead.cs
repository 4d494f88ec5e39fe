using Sidecars.Collector.Reclaim;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Checkpoints;

/// <summary>
/// A file whose beginning was delivered and given back to the volume: its first block is there, then comes a hole. An output that is
/// new to it begins at the first line behind the hole, as what was in it is gone.
/// </summary>
internal static class ReclaimedHead
{
    /// <summary>Where to begin instead of <paramref name="offset"/>.</summary>
    public static long Skip(FileFollower file, long offset)
    {
        if (file.NextHole(0) is not { Start: VolumeKeeper.Block } hole || offset >= hole.End)
        {
            return offset;
        }

        try
        {
            return FirstLineBehind(file, hole.End);
        }
        catch (IOException)
        {
            return hole.End;
        }
    }

    private static long FirstLineBehind(FileFollower file, long offset)
    {
        var bytes = new byte[VolumeKeeper.Block];
        var encoding = file.EncodingOf();
        for (int count; (count = file.Read(bytes, offset)) > 0; offset += count)
        {
            var end = Utf16Text.EndOfFirstLine(bytes.AsSpan(0, count), encoding);
            if (end > 0)
            {
                return offset + end;
            }
        }

        return offset;
    }
}
