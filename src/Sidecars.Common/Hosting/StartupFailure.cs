using System.Net.Sockets;

namespace Sidecars.Common.Hosting;

/// <summary>Says in one line why a sidecar could not start, and what to do.</summary>
internal static class StartupFailure
{
    public static string Describe(Exception exception)
    {
        var cause = exception;
        while (cause.InnerException is not null)
        {
            cause = cause.InnerException;
        }

        return cause is SocketException socket
            ? $"{FirstLine(exception.Message)}: {Remedy(socket.SocketErrorCode)}"
            : exception == cause ? FirstLine(cause.Message) : $"{FirstLine(exception.Message)}: {FirstLine(cause.Message)}";
    }

    private static string Remedy(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "another process listens there; choose another address (admin.listen for the admin port) or stop that process",
        SocketError.AccessDenied => "the sidecar may not listen there; ports below 1024 need rights that it does not have, so choose a higher one",
        SocketError.AddressNotAvailable => "the address is none of this pod's; choose 127.0.0.1, [::1] or every address (:PORT)",
        _ => error.ToString(),
    };

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd('.', '\r');
}
