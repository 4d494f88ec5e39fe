namespace Sidecars.Common.Parsing;

/// <summary>
/// A line as container runtimes write it for the kubelet (CRI): <c>time stream P|F text</c>. P is a piece of a line, F the whole or the
/// last piece.
/// </summary>
public readonly struct CriLine
{
    private CriLine(ArraySegment<byte> time, ArraySegment<byte> stream, bool isPartial, ArraySegment<byte> message)
    {
        Time = time;
        Stream = stream;
        IsPartial = isPartial;
        Message = message;
    }

    /// <summary>When it was written, RFC 3339.</summary>
    public ArraySegment<byte> Time { get; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public ArraySegment<byte> Stream { get; }

    /// <summary>Whether more of the same line follows on the same stream.</summary>
    public bool IsPartial { get; }

    /// <summary>What the application wrote.</summary>
    public ArraySegment<byte> Message { get; }

    /// <summary>Cuts a line; false when it is not of this format.</summary>
    public static bool TryRead(ArraySegment<byte> line, out CriLine read)
    {
        var cursor = new LineCursor(line);
        return Read(ref cursor, out read) is null;
    }

    // more tags may follow the first behind colons
    internal static bool IsTag(ReadOnlySpan<byte> tags) => tags is [(byte)'P' or (byte)'F'] or [(byte)'P' or (byte)'F', (byte)':', ..];

    internal static string? Read(ref LineCursor cursor, out CriLine read)
    {
        read = default;
        if (cursor.Next is < (byte)'0' or > (byte)'9' || !cursor.TryUntil(" "u8, out var time) || time.Count < 20 || time[10] != 'T')
        {
            return "a time such as 2026-11-24T03:05:00.123456789Z must stand first";
        }

        var start = cursor.At;
        if (!cursor.TryLiteral("stdout "u8) && !cursor.TryLiteral("stderr "u8))
        {
            return "stdout or stderr must follow the time";
        }

        var stream = cursor.From(start)[..6];
        var tags = cursor.Word();
        if (!IsTag(tags) || (!cursor.TryLiteral(" "u8) && !cursor.IsAtEnd))
        {
            return "P or F must follow the stream";
        }

        read = new CriLine(time, stream, tags[0] == 'P', cursor.Rest);
        return null;
    }
}
