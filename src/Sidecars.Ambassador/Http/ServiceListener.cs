using Sidecars.Common.Tls;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// One address that Kestrel listens on for a service. It is a feature of every connection that came in there, and the only
/// thing that decides which service a request belongs to: neither Host nor the request line can choose another one.
/// </summary>
internal sealed class ServiceListener
{
    private volatile HttpService? _service;
    private volatile ServerTls? _tls;

    /// <summary>The service behind the address; null when the configuration does not name it any more.</summary>
    public HttpService? Service
    {
        get => _service;
        set => _service = value;
    }

    /// <summary>How its connections are secured; null where they are not.</summary>
    public ServerTls? Tls
    {
        get => _tls;
        set => _tls = value;
    }
}
