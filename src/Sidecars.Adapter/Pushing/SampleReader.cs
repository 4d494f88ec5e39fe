using System.Buffers.Text;

namespace Sidecars.Adapter.Pushing;

/// <summary>Takes samples apart, a line each, and counts them. Used by one thread at a time, under the store's gate.</summary>
internal abstract class SampleReader(SampleRouter router)
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];

    protected SampleRouter Router { get; } = router;

    public PushStore Store => Router.Store;

    /// <summary>Samples counted.</summary>
    public long Samples { get; private set; }

    public long DroppedBy(DropReason reason) => _dropped[(int)reason];

    /// <summary>Reads whole lines.</summary>
    public void Read(ReadOnlySpan<byte> text)
    {
        lock (Store.Gate)
        {
            var now = Store.Now;
            while (!text.IsEmpty)
            {
                var end = text.IndexOf((byte)'\n');
                var line = end < 0 ? text : text[..end];
                text = end < 0 ? default : text[(end + 1)..];
                line = line.TrimEnd((byte)'\r');
                if (!line.IsEmpty)
                {
                    ReadLine(line, now);
                }
            }
        }
    }

    /// <summary>Reads a whole body of HTTP; false where it is broken, which is counted.</summary>
    public virtual bool ReadBody(ReadOnlySpan<byte> body)
    {
        Read(body);
        return true;
    }

    /// <summary>Reads one line of a connection; what is to be answered, where the protocol answers at all.</summary>
    public virtual string? Answer(ReadOnlySpan<byte> line)
    {
        Read(line);
        return null;
    }

    /// <summary>Whether each line of a connection is answered.</summary>
    public virtual bool Answers => false;

    /// <summary>Counts what never became a line.</summary>
    public void DropLine()
    {
        lock (Store.Gate)
        {
            Note(DropReason.Malformed);
        }
    }

    protected abstract void ReadLine(ReadOnlySpan<byte> line, long now);

    protected void Note(DropReason reason)
    {
        if (reason == DropReason.None)
        {
            Samples++;
        }
        else
        {
            _dropped[(int)reason]++;
        }
    }

    protected static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && double.IsFinite(number);
}
