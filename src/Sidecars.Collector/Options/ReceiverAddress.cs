using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>How bytes reach a receiver.</summary>
internal enum Transport
{
    Tcp,
    Udp,
    Unix,
    UnixDatagram,
}

/// <summary>
/// Where a receiver listens: <c>host:port</c> or <c>tcp://host:port</c>, <c>udp://host:port</c>, <c>unix:/path</c> (a stream) or
/// <c>unixgram:/path</c> (datagrams). A host name is resolved anew at every connection.
/// </summary>
[JsonConverter(typeof(ReceiverAddressConverter))]
[Schema("""{ "type": "string" }""")]
internal sealed record ReceiverAddress
{
    // sun_path holds 108 bytes with its terminating zero (unix(7))
    private const int LongestPath = 107;

    private ReceiverAddress(Transport transport, EndPoint endPoint, string host, string text) =>
        (Transport, EndPoint, Host, Text) = (transport, endPoint, host, text);

    public Transport Transport { get; }

    /// <summary>What a socket connects to.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The name that a certificate must be for; empty for a Unix socket.</summary>
    public string Host { get; }

    /// <summary>The address as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether each message goes on its own.</summary>
    public bool IsDatagram => Transport is Transport.Udp or Transport.UnixDatagram;

    public static bool TryParse(string text, out ReceiverAddress? value)
    {
        value = text switch
        {
            _ when After(text, "unix:") is { } path => Unix(Transport.Unix, path, text),
            _ when After(text, "unixgram:") is { } path => Unix(Transport.UnixDatagram, path, text),
            _ when After(text, "udp://") is { } address => Internet(Transport.Udp, address, text),
            _ => Internet(Transport.Tcp, After(text, "tcp://") ?? text, text),
        };
        return value is not null;
    }

    public override string ToString() => Text;

    private static string? After(string text, string scheme) =>
        text.StartsWith(scheme, StringComparison.Ordinal) ? text[scheme.Length..] : null;

    private static ReceiverAddress? Unix(Transport transport, string path, string text) =>
        path.StartsWith('/') && path.Length is > 1 and <= LongestPath ? new(transport, new UnixDomainSocketEndPoint(path), "", text) : null;

    private static ReceiverAddress? Internet(Transport transport, string address, string text)
    {
        var colon = address.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = address[..colon];
        var isBracketed = host.StartsWith('[') && host.EndsWith(']');
        host = isBracketed ? host[1..^1] : host;
        if (IPAddress.TryParse(host, out var ip) && isBracketed == (ip.AddressFamily == AddressFamily.InterNetworkV6))
        {
            return new(transport, new IPEndPoint(ip, port), host, text);
        }

        return !isBracketed && Uri.CheckHostName(host) == UriHostNameType.Dns ? new(transport, new DnsEndPoint(host, port), host, text) : null;
    }
}

/// <summary>Reads and writes <see cref="ReceiverAddress"/>.</summary>
internal sealed class ReceiverAddressConverter : JsonConverter<ReceiverAddress>
{
    public override ReceiverAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return ReceiverAddress.TryParse(text, out var value)
            ? value!
            : throw new JsonException($"'{text}' is no receiver's address; write for example logs.example.org:6514, udp://10.0.0.1:514, [::1]:24224 or unix:/run/logs.sock");
    }

    public override void Write(Utf8JsonWriter writer, ReceiverAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
