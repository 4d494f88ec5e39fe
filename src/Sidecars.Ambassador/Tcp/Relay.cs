using System.Buffers;
using System.Net.Sockets;
using System.Security.Authentication;
using Prometheus;

namespace Sidecars.Ambassador.Tcp;

/// <summary>
/// Carries the bytes of one connection both ways until both sides are done. Each direction is one loop of receive and send
/// on a rented buffer: a slow receiver holds its sender back, nothing is queued and no read allocates. The end of one
/// direction is passed on as such (a client that has sent its last byte still gets the answer); a reset on either side
/// resets the other. This type is all that knows how bytes move: another loop needs only its constructor and
/// <see cref="RunAsync"/>.
/// </summary>
internal sealed class Relay(IRelayEnd client, IRelayEnd upstream, ICounter sent, ICounter received)
{
    /// <summary>Most messages of databases and caches fit; a connection pool's idle members stay cheap.</summary>
    private const int SmallBuffer = 8 * 1024;

    /// <summary>From the first read that fills the small buffer: fewer system calls for bulk.</summary>
    private const int LargeBuffer = 64 * 1024;

    /// <summary>
    /// With inline completions the loop runs on a thread that serves other sockets, too; a direction that never has to wait
    /// gives it up after so many reads in a row.
    /// </summary>
    private const int ReadsPerTurn = 64;

    private long _reads;
    private int _aborted;

    /// <summary>Counts up with each read in either direction: who compares two looks knows whether the connection is idle.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>Runs until both directions have ended, then closes both sides.</summary>
    /// <returns>A task that never fails.</returns>
    public async Task RunAsync()
    {
        var outward = CopyAsync(client, upstream, sent);
        var inward = CopyAsync(upstream, client, received);
        await outward;
        await inward;
        client.Dispose();
        upstream.Dispose();
    }

    /// <summary>Ends the connection with a reset on both sides.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _aborted, 1) == 0)
        {
            client.Abort();
            upstream.Abort();
        }
    }

    private async Task CopyAsync(IRelayEnd from, IRelayEnd to, ICounter bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            for (var turn = 0; ; turn++)
            {
                var read = await from.ReceiveAsync(buffer);
                if (read == 0)
                {
                    break;
                }

                // Not atomic: both directions may write the same number, which is a change all the same.
                _reads++;
                await to.SendAsync(buffer.AsMemory(0, read));
                bytes.Inc(read);
                if (read == buffer.Length && read < LargeBuffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
                }

                if (turn == ReadsPerTurn)
                {
                    turn = 0;
                    await Task.Yield();
                }
            }

            await to.EndAsync();
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or InvalidOperationException and not ObjectDisposedException)
        {
            Abort();
        }
        catch (ObjectDisposedException)
        {
            // the other direction, or the end of the service, has aborted the connection
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
