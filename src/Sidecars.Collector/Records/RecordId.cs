using System.Buffers.Text;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Records;

/// <summary>
/// A name for a record that stays the same whenever it is sent again, so that receivers can tell a repetition. It says where the
/// record stands: the pod, the file's identity and generation, the offset; and it has a hash of the text, because a file that was
/// truncated while nobody looked has other lines at the same offsets, and a line must never pass for another.
/// </summary>
internal sealed class RecordId(string pod)
{
    /// <summary>How many characters an id has at most.</summary>
    public const int MostLength = 16 + 1 + 8 + 1 + 16 + 1 + 16;

    private readonly long _seed = (long)XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(pod));
    private FileFollower? _file;
    private ulong _fileHash;

    /// <summary>The pod as the environment knows it: its UID where the downward API gives one, else its name.</summary>
    public static RecordId FromEnvironment(Func<string, string?> environment) =>
        new(environment("POD_UID") ?? environment("HOSTNAME") ?? Environment.MachineName);

    /// <summary>Writes the id in ASCII; returns its length.</summary>
    public int Write(LogRecord record, Span<byte> destination)
    {
        if (!ReferenceEquals(record.File, _file))
        {
            _file = record.File;
            var identity = record.File.Identity;
            _fileHash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<FileIdentity>(in identity)), _seed);
        }

        var length = 0;
        Append(_fileHash, 'x', 16, destination, ref length);
        destination[length++] = (byte)'-';
        Append((ulong)record.File.Generation, 'x', 1, destination, ref length);
        destination[length++] = (byte)'-';
        Append((ulong)record.Offset, 'x', 1, destination, ref length);
        destination[length++] = (byte)'-';
        Append(XxHash3.HashToUInt64(record.Body), 'x', 16, destination, ref length);
        return length;
    }

    private static void Append(ulong value, char format, byte digits, Span<byte> destination, ref int length)
    {
        Utf8Formatter.TryFormat(value, destination[length..], out var written, new System.Buffers.StandardFormat(format, digits));
        length += written;
    }
}
