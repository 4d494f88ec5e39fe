using System.Net;
using System.Net.Sockets;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Tests.Configuration;

public class UnitsTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("250ms", 0.25, "250ms")]
    [InlineData("1.5s", 1.5, "1s500ms")]
    [InlineData("90s", 90, "1m30s")]
    [InlineData("1h30m", 5400, "1h30m")]
    [InlineData("7d", 604800, "7d")]
    [InlineData("100us", 0.0001, "100us")]
    public void Duration_Written_ReadsAndPrints(string text, double seconds, string printed)
    {
        Assert.True(DurationConverter.TryParse(text, out var value));
        Assert.Equal(seconds, value.TotalSeconds, 9);
        Assert.Equal(printed, DurationConverter.Format(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("s")]
    [InlineData("5y")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999d")]
    public void Duration_NotOne_IsRefused(string text) => Assert.False(DurationConverter.TryParse(text, out _));

    [Theory]
    [InlineData("512", 512, "512")]
    [InlineData("64KiB", 65536, "64KiB")]
    [InlineData("64Ki", 65536, "64KiB")]
    [InlineData("1.5MiB", 1572864, "1536KiB")]
    [InlineData("10MB", 10_000_000, "10000000")]
    [InlineData("2 GiB", 2147483648, "2GiB")]
    public void Size_Written_ReadsAndPrints(string text, long bytes, string printed)
    {
        Assert.True(ByteSize.TryParse(text, out var value));
        Assert.Equal(bytes, value.Bytes);
        Assert.Equal(printed, value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("5 apples")]
    [InlineData("99999999999TiB")]
    public void Size_NotOne_IsRefused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("127.0.0.1:3306", AddressFamily.InterNetwork, 3306, true)]
    [InlineData("localhost:80", AddressFamily.InterNetwork, 80, true)]
    [InlineData("[::1]:80", AddressFamily.InterNetworkV6, 80, true)]
    [InlineData("0.0.0.0:80", AddressFamily.InterNetwork, 80, false)]
    [InlineData("unix:/run/a.sock", AddressFamily.Unix, 0, true)]
    public void Listen_Written_Reads(string text, AddressFamily family, int port, bool local)
    {
        Assert.True(ListenAddress.TryParse(text, out var value));
        Assert.Equal((family, port, local), (value!.EndPoint.AddressFamily, value.Port, value.IsLocal));
    }

    [Fact]
    public void Listen_PortAlone_IsEveryAddress()
    {
        Assert.True(ListenAddress.TryParse(":9101", out var value));
        Assert.Contains(((IPEndPoint)value!.EndPoint).Address, new[] { IPAddress.IPv6Any, IPAddress.Any });
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("example.com:80")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("::1:80")]
    [InlineData("unix:relative")]
    public void Listen_NotOne_IsRefused(string text) => Assert.False(ListenAddress.TryParse(text, out _));

    [Fact]
    public void Listen_UnixPathTooLongForTheKernel_IsRefused() => Assert.False(ListenAddress.TryParse("unix:/" + new string('a', 107), out _));

    [Fact]
    public void Secret_Printed_IsRedacted() => Assert.Equal("***", $"{new Secret("hush")}");
}
