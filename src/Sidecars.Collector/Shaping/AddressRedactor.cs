using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Sidecars.Collector.Shaping;

/// <summary>IP addresses of one version.</summary>
internal sealed class AddressRedactor(AddressFamily family) : Redactor
{
    private static readonly SearchValues<byte> Version4 = SearchValues.Create("0123456789."u8);
    private static readonly SearchValues<byte> Version6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    private readonly SearchValues<byte> _characters = family == AddressFamily.InterNetwork ? Version4 : Version6;
    private readonly int _shortest = family == AddressFamily.InterNetwork ? "1.2.3.4".Length : "::1".Length;

    public override int Find(ReadOnlySpan<byte> text, int from, out int length)
    {
        while (from < text.Length)
        {
            var start = text[from..].IndexOfAny(_characters);
            if (start < 0)
            {
                break;
            }

            start += from;
            var end = text[start..].IndexOfAnyExcept(_characters);
            end = end < 0 ? text.Length : start + end;
            if (!IsWord(text, start - 1) && !IsWord(text, end) && IsAddress(Trim(text[start..end]), out length))
            {
                return start;
            }

            from = end;
        }

        length = 0;
        return -1;
    }

    // the end of a sentence, a port behind a version 4 address is not part of the run
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> run) =>
        run.EndsWith("::"u8) ? run : run.TrimEnd(".:"u8);

    private bool IsAddress(ReadOnlySpan<byte> run, out int length)
    {
        length = run.Length;
        return run.Length >= _shortest
            && (family == AddressFamily.InterNetwork ? run.Count((byte)'.') == 3 : run.Count((byte)':') >= 2)
            && run.ContainsAnyExcept((byte)':', (byte)'.')
            && IPAddress.IsValidUtf8(run);
    }
}
