using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Testing;

namespace Sidecars.Faults;

/// <summary>
/// Has an nginx write: over one connection come as many requests as it takes, each with the line that the access log is to have in its
/// query (<c>log_format</c> of <c>$arg_l</c>).
/// </summary>
/// <param name="written">What is written.</param>
/// <param name="number">The writer's number.</param>
/// <param name="port">nginx's port on 127.0.0.1.</param>
/// <param name="random">The lengths of the lines.</param>
/// <param name="mayWrite">False while no more is to be written.</param>
internal sealed class NginxWriter(WrittenFiles written, int number, int port, Random random, Func<bool> mayWrite)
{
    private const int RequestsAtOnce = 32;
    private const int LongestLine = 6000; // a request line of nginx has at most 8 KiB

    private readonly FileKey _key = new(number, 0);
    private readonly byte[] _requests = new byte[RequestsAtOnce * (LongestLine + 100)];

    /// <summary>How often it had to wait until it might write.</summary>
    public int Waits { get; private set; }

    /// <summary>Writes until it is told to stop, and until nginx answered all.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, CancellationToken.None).ConfigureAwait(false);
        var stream = client.GetStream();
        var answers = Task.Run(() => stream.CopyToAsync(Stream.Null, CancellationToken.None), CancellationToken.None);
        var file = written.Begin(_key);
        while (!stop.IsCancellationRequested)
        {
            if (!mayWrite())
            {
                Waits++;
                await Eventually.True(mayWrite).ConfigureAwait(false);
            }

            await stream.WriteAsync(_requests.AsMemory(0, Fill(file, RequestsAtOnce, "")), CancellationToken.None).ConfigureAwait(false);
        }

        await stream.WriteAsync(_requests.AsMemory(0, Fill(file, 1, "Connection: close\r\n")), CancellationToken.None).ConfigureAwait(false);
        await answers.ConfigureAwait(false);
    }

    private int Fill(WrittenFile file, int requests, string header)
    {
        var end = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n"));
        var used = 0;
        for (var i = 0; i < requests; i++)
        {
            var length = random.Next(LineText.Shortest, LongestLine);
            "GET /?l="u8.CopyTo(_requests.AsSpan(used));
            used += "GET /?l="u8.Length;
            LineText.Fill(_requests.AsSpan(used, length), _key, file.Add(length), 0);
            used += length;
            end.CopyTo(_requests.AsSpan(used));
            used += end.Length;
        }

        return used;
    }
}
