using System.Buffers;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Http;

/// <summary>The objects of <see cref="JsonRecordFormat"/> as one array, each still on a line of its own.</summary>
internal sealed class JsonArrayFormat : JsonRecordFormat
{
    private bool _isFirst;

    /// <inheritdoc/>
    public override void Begin(IBufferWriter<byte> output)
    {
        output.Write("["u8);
        _isFirst = true;
    }

    /// <inheritdoc/>
    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        if (!_isFirst)
        {
            output.Write(","u8);
        }

        _isFirst = false;
        base.Write(record, output);
    }

    /// <inheritdoc/>
    public override void End(IBufferWriter<byte> output) => output.Write("]"u8);
}
