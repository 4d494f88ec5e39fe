using System.Net.Sockets;

namespace Sidecars.Ambassador.Listening;

/// <summary>A server's address leads to the ambassador's own admin port.</summary>
internal sealed class OwnAdminPortException() : SocketException((int)SocketError.AccessDenied)
{
    /// <inheritdoc/>
    public override string Message => "the address is the ambassador's own admin port, to which no service may lead";
}
