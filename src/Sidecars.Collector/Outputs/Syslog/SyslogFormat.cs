using System.Buffers;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Syslog;

/// <summary>
/// Records as syslog messages (RFC 5424 or RFC 3164), framed as RFC 6587 has it; datagrams are framed too, for the output to take apart.
/// The text is the line's bytes as they are, without a byte order mark, so that it may be anything (MSG-ANY).
/// </summary>
internal sealed class SyslogFormat(SyslogOutputOptions options, Action truncated) : RecordFormat
{
    private const int DefaultDatagram = 8 * 1024;

    private readonly ArrayBufferWriter<byte> _message = new(1024);
    private readonly SyslogHeader _header = new(options);
    private readonly StructuredData? _data = options.StructuredData is { } id ? new StructuredData(id) : null;
    private readonly bool _isCounted = options.Framing == SyslogFraming.OctetCounting || options.Address!.IsDatagram;
    private readonly long _longest = options.MaxMessage?.Bytes ?? (options.Address!.IsDatagram ? DefaultDatagram : int.MaxValue);

    public override void Write(LogRecord record, IBufferWriter<byte> output)
    {
        _message.ResetWrittenCount();
        _header.Write(record, _message);
        if (_data is not null)
        {
            _data.Write(record, _message);
            _message.Write(" "u8);
        }
        else if (options.Format == SyslogVersion.Rfc5424)
        {
            _message.Write("- "u8);
        }

        WriteText(record.Body);
        var message = _message.WrittenSpan;
        if (message.Length > _longest)
        {
            message = Cut(message);
            truncated();
        }

        if (_isCounted)
        {
            OctetCounting.Write(message, output);
        }
        else
        {
            output.Write(message);
            output.Write("\n"u8);
        }
    }

    /// <summary>In a stream where a newline ends a message, one within is written as rsyslog writes it.</summary>
    private void WriteText(ReadOnlySpan<byte> text)
    {
        while (!_isCounted && text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _message.Write(text[..end]);
            _message.Write("#012"u8);
            text = text[(end + 1)..];
        }

        _message.Write(text);
    }

    /// <summary>Not in the middle of a UTF-8 sequence, where it is one.</summary>
    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> message)
    {
        const int longestSequence = 3;
        var end = (int)_longest;
        for (var back = 0; back < longestSequence && (message[end] & 0xC0) == 0x80; back++)
        {
            end--;
        }

        return message[..((message[end] & 0xC0) == 0x80 ? (int)_longest : end)];
    }
}
