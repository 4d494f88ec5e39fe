using System.Net;
using System.Net.Sockets;
using Sidecars.Collector.Options;

namespace Sidecars.Collector.Tests.Options;

public class ReceiverAddressTests
{
    [Theory]
    [InlineData("logs.example.org:6514", Transport.Tcp, "logs.example.org")]
    [InlineData("tcp://10.0.0.1:514", Transport.Tcp, "10.0.0.1")]
    [InlineData("udp://[::1]:514", Transport.Udp, "::1")]
    [InlineData("unix:/run/logs.sock", Transport.Unix, "")]
    [InlineData("unixgram:/dev/log", Transport.UnixDatagram, "")]
    internal void TryParse_Address_IsUnderstood(string text, Transport transport, string host)
    {
        Assert.True(ReceiverAddress.TryParse(text, out var address));
        Assert.Equal((transport, host, text), (address!.Transport, address.Host, address.ToString()));
        Assert.True(address.EndPoint is IPEndPoint or DnsEndPoint or UnixDomainSocketEndPoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("logs")]
    [InlineData("logs:")]
    [InlineData(":514")]
    [InlineData("logs:0")]
    [InlineData("logs:65536")]
    [InlineData("::1:514")]
    [InlineData("[logs]:514")]
    [InlineData("http://logs:514")]
    [InlineData("unix:relative")]
    [InlineData("unix:/")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.False(ReceiverAddress.TryParse(text, out _));
}
