using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sidecars.Common.Configuration;

/// <summary>Where to listen: <c>127.0.0.1:3306</c>, <c>[::1]:8080</c>, <c>localhost:8080</c>, <c>:9101</c> (every address) or <c>unix:/run/app.sock</c>.</summary>
[JsonConverter(typeof(ListenAddressConverter))]
[Schema("""{ "type": "string" }""")]
public sealed record ListenAddress
{
    private ListenAddress(EndPoint endPoint, string text) => (EndPoint, Text) = (endPoint, text);

    /// <summary>An <see cref="IPEndPoint"/> or a <see cref="UnixDomainSocketEndPoint"/>.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>The address as it was written.</summary>
    public string Text { get; }

    /// <summary>The TCP port; 0 for a Unix socket.</summary>
    public int Port => EndPoint is IPEndPoint ip ? ip.Port : 0;

    /// <summary>Whether only processes in the same pod can reach it.</summary>
    public bool IsLocal => EndPoint is not IPEndPoint ip || IPAddress.IsLoopback(ip.Address);

    /// <summary>The address with another port.</summary>
    /// <param name="port">From 0 (any free port) to 65535.</param>
    /// <returns>Every address of the machine with that port.</returns>
    public static ListenAddress AnyIP(int port) =>
        new(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port), $":{port.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Reads an address.</summary>
    /// <param name="text">For example <c>127.0.0.1:3306</c>.</param>
    /// <param name="value">The address, or null where the text is none.</param>
    /// <returns>Whether the text is an address to listen on.</returns>
    public static bool TryParse(string text, out ListenAddress? value)
    {
        value = null;
        if (text.StartsWith("unix:/", StringComparison.Ordinal))
        {
            // sun_path holds 108 bytes with its terminating zero (unix(7))
            if (text.Length - "unix:".Length > 107)
            {
                return false;
            }

            value = new ListenAddress(new UnixDomainSocketEndPoint(text["unix:".Length..]), text);
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[..colon];
        if (host.Length == 0)
        {
            value = AnyIP(port);
            return true;
        }

        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        var address = host == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(bracketed ? host[1..^1] : host, out var parsed) && bracketed == (parsed.AddressFamily == AddressFamily.InterNetworkV6) ? parsed
            : null;
        value = address is null ? null : new ListenAddress(new IPEndPoint(address, port), text);
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Reads and writes <see cref="ListenAddress"/>.</summary>
public sealed class ListenAddressConverter : JsonConverter<ListenAddress>
{
    /// <inheritdoc/>
    public override ListenAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return ListenAddress.TryParse(text, out var value)
            ? value!
            : throw new JsonException($"'{text}' is not an address to listen on; write for example 127.0.0.1:8080, [::1]:8080, :8080 or unix:/run/app.sock");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ListenAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
