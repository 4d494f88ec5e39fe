using System.Net.Sockets;
using System.Text;
using Sidecars.Common.Parsing;
using Sidecars.Testing;

namespace Sidecars.Common.Tests.Parsing;

/// <summary>What real nginx writes of hostile requests comes back as it was sent.</summary>
public class RealNginxLogTests
{
    private const string Latin1Garbage = "\u0001\u0007\u001b[31m\u007f\u0080\u00ff";

    private static readonly (string Path, string Agent)[] Hostile =
    [
        ("/", "curl/8.1"),
        ("/a\"b", "x\" 200 \"y\" [24/Nov/2026:03:05:00 +0000] \"GET / HTTP/1.1\" 500 "),
        ("/%22%20%5b%5D?q=$status&x=\\x22", "\\x22 \\\" \\\\ \\"),
        ("/<script>'[]{}|^`", "\",\"status\":\"500\",\"x\":\""),
        ("/" + new string('a', 3000), new string('b', 3000)),
        ("/\u00e9\u00ff", Latin1Garbage),
        ("/,%20:%20", "a, b : c - - [x] ] \" \"-\" \" -"),
        ("/empty-agent", ""),
        ("/tab\tin", "tab\there"),
    ];

    [Theory]
    [InlineData("default", "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\" $request_time $upstream_response_time")]
    [InlineData("json", "{\"addr\":\"$remote_addr\",\"request\":\"$request\",\"status\":$status,\"agent\":\"$http_user_agent\",\"at\":\"$time_iso8601\"}")]
    [InlineData("none", "$time_iso8601 |$status|$request|<<<$http_user_agent>>>")]
    public async Task RealNginx_HostileRequests_FieldsAreWhatWasSent(string escape, string text)
    {
        await using var nginx = await NginxServer.StartAsync(new NginxSettings { LogFormat = text, Escape = escape });
        foreach (var (path, agent) in Hostile)
        {
            await SendAsync(nginx.Port, $"GET {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n");
        }

        await SendAsync(nginx.Port, "\u0016\u0003\u0001\u0002nonsense\r\n\r\n");
        await SendAsync(nginx.Port, "PROPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await Eventually.Equal(Hostile.Length + 2, () => Lines(nginx).Count);

        var format = LogFormat.Compile($"log_format x escape={escape} '{text}';");
        var lines = Lines(nginx);
        for (var i = 0; i < Hostile.Length; i++)
        {
            var read = Read(format, lines[i]);
            Assert.Equal("GET " + Hostile[i].Path + " HTTP/1.1", read["request"]);
            Assert.InRange(int.Parse(read["status"], System.Globalization.CultureInfo.InvariantCulture), 200, 499);
            if (read["status"] == "200")
            {
                Assert.Equal(Hostile[i].Agent.Trim(' '), read["http_user_agent"]);
            }
        }

        Assert.Equal("400", Read(format, lines[^2])["status"]);
        Assert.Equal("PROPFIND / HTTP/1.1", Read(format, lines[^1])["request"]);
    }

    private static List<byte[]> Lines(NginxServer nginx)
    {
        var lines = new List<byte[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes(nginx.AccessLog);
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            lines.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return lines;
    }

    private static Dictionary<string, string> Read(LogFormat format, byte[] line)
    {
        var values = new FieldSpan[format.Variables.Count];
        var match = format.Scan(line, values);
        Assert.True(match.IsMatch, format.Explain(match) + ": " + Encoding.Latin1.GetString(line));
        var read = new Dictionary<string, string>();
        for (var i = 0; i < values.Length; i++)
        {
            var value = new byte[values[i].Length];
            var length = LogEscapes.Unescape(format.Escape, values[i].Of(line), value);
            read[format.Variables[i]] = Encoding.Latin1.GetString(value, 0, length);
        }

        return read;
    }

    private static async Task SendAsync(int port, string request)
    {
        using var client = new TcpClient("127.0.0.1", port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(answer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // nginx may reset a connection whose request it refuses
        }
    }
}
