using Microsoft.AspNetCore.Http;
using Sidecars.Ambassador.Faults;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tests.Faults;

/// <summary>Which requests meet a fault.</summary>
public sealed class FaultInjectionTests
{
    [Theory]
    [InlineData(25, 0.2499, true)]
    [InlineData(25, 0.25, false)]
    [InlineData(0, 0, false)]
    [InlineData(100, 0.9999, true)]
    public void Share_IsThatOfThePercentage(double percent, double draw, bool isMet) =>
        Assert.Equal(isMet, new FaultInjection([new FaultOptions { Percent = percent, AbortStatus = 503 }], () => draw).Pick(new HeaderDictionary()) is not null);

    [Theory]
    [InlineData(null, 2)]
    [InlineData("no", 2)]
    [InlineData("yes", 0)]
    [InlineData("any", 2)]
    public void First_ThatIsMeantForTheRequest_IsTaken(string? value, int taken)
    {
        FaultOptions[] faults =
        [
            new() { Percent = 100, Header = "X-Fault", HeaderValue = "yes", AbortStatus = 500 },
            new() { Percent = 0, Header = "X-Fault", AbortStatus = 501 },
            new() { Percent = 100, AbortStatus = 502 },
        ];
        var headers = new HeaderDictionary();
        if (value is not null)
        {
            headers["X-Fault"] = value;
        }

        Assert.Same(faults[taken], new FaultInjection(faults, () => 0.5).Pick(headers));
    }
}
