using Sidecars.Common.Tailing;

namespace Sidecars.Collector.Pipeline;

/// <summary>Makes the bytes to deliver from lines as they stand in the file.</summary>
internal abstract class BatchEncoder
{
    /// <summary>The batch for a block; its payload is valid until the next call.</summary>
    public abstract Batch Encode(in LineBlock block);
}

/// <summary>Lines as they are, straight from the read buffer; a line without its newline gets one.</summary>
internal sealed class RawEncoder : BatchEncoder
{
    private byte[] _closed = [];

    public override Batch Encode(in LineBlock block)
    {
        var lines = block.CountLines();
        if (block.IsWhole)
        {
            return new Batch(block, block.Bytes, lines);
        }

        if (_closed.Length < block.Bytes.Length + 1)
        {
            _closed = new byte[block.Bytes.Length + 1];
        }

        block.Bytes.CopyTo(_closed);
        _closed[block.Bytes.Length] = (byte)'\n';
        return new Batch(block, _closed.AsMemory(0, block.Bytes.Length + 1), lines);
    }
}
