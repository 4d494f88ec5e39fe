using Sidecars.Ambassador.Options;
using Sidecars.Ambassador.Tcp;

namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>Against the text of the specification; that real servers understand it is shown by <see cref="RealProxyProtocolTests"/>.</summary>
public sealed class ProxyHeaderTests
{
    private static readonly IPEndPoint Four = new(IPAddress.Parse("192.0.2.1"), 0x1234);
    private static readonly IPEndPoint Mapped = new(IPAddress.Parse("::ffff:198.51.100.7"), 443);
    private static readonly IPEndPoint Six = new(IPAddress.Parse("fe80::1%3"), 1);

    [Fact]
    public void Text_NamesBothEnds()
    {
        Assert.Equal("PROXY TCP4 192.0.2.1 198.51.100.7 4660 443\r\n", Text(Four, Mapped));
        Assert.Equal("PROXY TCP6 fe80::1 fe80::1 1 1\r\n", Text(Six, Six));
    }

    [Fact]
    public void Text_OfAUnixSocketOrACheck_IsUnknown()
    {
        var unix = new UnixDomainSocketEndPoint("/run/x.sock");
        Assert.Equal("PROXY UNKNOWN\r\n", Text(unix, unix));
        Assert.Equal("PROXY UNKNOWN\r\n", Text(null, null));
    }

    [Fact]
    public void Binary_NamesBothEnds() => Assert.Equal(
        "0D0A0D0A000D0A515549540A" + "21" + "11" + "000C" + "C0000201" + "C6336407" + "1234" + "01BB",
        Binary(Four, Mapped));

    [Fact]
    public void Binary_OfIPv6_IsLonger() => Assert.Equal(
        "0D0A0D0A000D0A515549540A" + "21" + "21" + "0024" + "FE800000000000000000000000000001" + "FE800000000000000000000000000001" + "0001" + "0001",
        Binary(Six, Six));

    [Fact]
    public void Binary_OfACheck_IsLocal_AndOfAUnixSocketUnspecified()
    {
        var unix = new UnixDomainSocketEndPoint("/run/x.sock");
        Assert.Equal("0D0A0D0A000D0A515549540A" + "20" + "00" + "0000", Binary(null, null));
        Assert.Equal("0D0A0D0A000D0A515549540A" + "21" + "00" + "0000", Binary(unix, unix));
    }

    private static string Text(EndPoint? source, EndPoint? destination) => Encoding.ASCII.GetString(ProxyHeader.Of(ProxyProtocolVersion.V1, source, destination));

    private static string Binary(EndPoint? source, EndPoint? destination) => Convert.ToHexString(ProxyHeader.Of(ProxyProtocolVersion.V2, source, destination));
}
