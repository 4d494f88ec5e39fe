using System.Text;

namespace Sidecars.Collector.Outputs.Otlp;

/// <summary>Reads the partial success of an ExportLogsServiceResponse: how many records were not taken, and why; not which.</summary>
internal readonly record struct OtlpReply(long Rejected, string Message)
{
    public static OtlpReply Read(ReadOnlySpan<byte> response)
    {
        var reply = default(OtlpReply);
        while (TryField(ref response, out var field, out var value, out _))
        {
            reply = field == 1 ? ReadPartial(value) : reply;
        }

        return reply;
    }

    private static OtlpReply ReadPartial(ReadOnlySpan<byte> partial)
    {
        var reply = new OtlpReply(0, "");
        while (TryField(ref partial, out var field, out var value, out var number))
        {
            reply = field switch
            {
                1 => reply with { Rejected = (long)number },
                2 => reply with { Message = Encoding.UTF8.GetString(value) },
                _ => reply,
            };
        }

        return reply;
    }

    /// <summary>The next field; false at the end, and where what follows is not protobuf.</summary>
    private static bool TryField(ref ReadOnlySpan<byte> rest, out int field, out ReadOnlySpan<byte> value, out ulong number)
    {
        value = default;
        field = 0;
        if (!TryVarint(ref rest, out number))
        {
            return false;
        }

        field = (int)(number >> 3);
        switch (number & 7)
        {
            case 0:
                return TryVarint(ref rest, out number);
            case 1:
                return TryTake(ref rest, sizeof(ulong), out value);
            case 2:
                return TryVarint(ref rest, out number) && number <= int.MaxValue && TryTake(ref rest, (int)number, out value);
            case 5:
                return TryTake(ref rest, sizeof(uint), out value);
            default:
                return false;
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, int length, out ReadOnlySpan<byte> taken)
    {
        var has = rest.Length >= length;
        taken = has ? rest[..length] : default;
        rest = has ? rest[length..] : default;
        return has;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> rest, out ulong value)
    {
        value = 0;
        for (var i = 0; i < rest.Length && i < 10; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
