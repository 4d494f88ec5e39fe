namespace Sidecars.Ambassador.Tests;

/// <summary>What the small servers of the tests have in common.</summary>
internal static class Accepting
{
    /// <summary>Serves each connection that comes, until the listener is disposed.</summary>
    public static async Task AcceptAsync(this TcpListener listener, Func<Socket, Task> serve)
    {
        try
        {
            while (true)
            {
                _ = serve(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }
}
