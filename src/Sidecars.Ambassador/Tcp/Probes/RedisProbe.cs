using System.Text;

namespace Sidecars.Ambassador.Tcp.Probes;

/// <summary>
/// Redis is asked with PING. That a password or another right is missing is an answer of a server that serves; that it is
/// still loading its data, or a replica without its master, is not.
/// </summary>
internal static class RedisProbe
{
    private const int LongestLine = 512;

    public static async ValueTask<string?> AskAsync(IRelayEnd server)
    {
        await server.SendAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray());
        var line = await ReadLineAsync(server);
        if (line.StartsWith("+PONG", StringComparison.Ordinal) || IsAbout(line, "NOAUTH") || IsAbout(line, "NOPERM"))
        {
            return null;
        }

        return line.StartsWith('-') ? ProtocolProbe.NotServing : throw new InvalidDataException("not the answer of a Redis server");
    }

    private static bool IsAbout(string line, string code) => line.StartsWith($"-{code}", StringComparison.Ordinal);

    private static async Task<string> ReadLineAsync(IRelayEnd server)
    {
        var line = new byte[LongestLine];
        for (var length = 0; length < line.Length;)
        {
            var read = await server.ReceiveAsync(line.AsMemory(length));
            length += read > 0 ? read : throw new EndOfStreamException();
            if (line.AsSpan(0, length).IndexOf("\r\n"u8) is >= 0 and var end)
            {
                return Encoding.Latin1.GetString(line, 0, end);
            }
        }

        throw new InvalidDataException("a line without end");
    }
}
