using System.Globalization;
using System.Net;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Http;

/// <summary>A configuration section in memory in the form that Kestrel reads its endpoints from.</summary>
internal sealed class ListenerConfiguration : IConfigurationSource
{
    private readonly Provider _provider = new();

    public ListenerConfiguration() => Root = new ConfigurationBuilder().Add(this).Build();

    public IConfiguration Root { get; }

    /// <summary>Replaces all endpoints; whoever watches the section is told once.</summary>
    public void Replace(IEnumerable<(EndPoint EndPoint, ListenerProtocol Protocol, bool IsSecured)> endPoints) => _provider.Replace(endPoints);

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => _provider;

    private sealed class Provider : ConfigurationProvider
    {
        public void Replace(IEnumerable<(EndPoint EndPoint, ListenerProtocol Protocol, bool IsSecured)> endPoints)
        {
            var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (var (endPoint, protocol, isSecured) in endPoints)
            {
                // The name is only a key, but ':' would make it a path.
                var key = $"Endpoints:{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(endPoint.ToString()!))}";
                data[$"{key}:Url"] = string.Create(CultureInfo.InvariantCulture, $"http://{(endPoint is IPEndPoint ? "" : "unix:")}{endPoint}");

                // not a key of Kestrel's, but a change of it makes Kestrel bind the endpoint anew
                data[$"{key}:Secured"] = isSecured ? "true" : "false";
                data[$"{key}:Protocols"] = protocol == ListenerProtocol.H2c ? "Http2" : "Http1";
            }

            Data = data;
            OnReload();
        }
    }
}
