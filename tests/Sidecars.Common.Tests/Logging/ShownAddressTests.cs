using Sidecars.Common.Logging;

namespace Sidecars.Common.Tests.Logging;

public class ShownAddressTests
{
    [Theory]
    [InlineData("http://user:hunter2@host:81/a/b?token=hunter2#hunter2", "http://host:81/a/b")]
    [InlineData("https://host", "https://host/")]
    public void Of_Address_WithoutWhatMayBeSecret(string address, string shown) => Assert.Equal(shown, ShownAddress.Of(new Uri(address)));
}
