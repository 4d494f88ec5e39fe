using Sidecars.Collector.Options;
using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Tests.Options;

public class SocketOutputValidationTests
{
    [Fact]
    public void Check_RightOptions_HaveNoProblem()
    {
        Assert.Empty(Problems(new OutputOptions { Syslog = new() { Address = Address("logs:6514"), Tls = new(), StructuredData = "f@1" } }));
        Assert.Empty(Problems(new OutputOptions { Forward = new() { Address = Address("unix:/run/f.sock") } }));
        Assert.Empty(Problems(new OutputOptions { Tcp = new() { Address = Address("logs:1") } }));
        Assert.Empty(Problems(new OutputOptions { Unix = new() { Path = "/run/s.sock" } }));
    }

    [Fact]
    public void Check_Syslog_MistakesAreAllFound() => Assert.Equal(
        ["o.syslog.app_name", "o.syslog.msgid", "o.syslog.structured_data", "o.syslog.structured_data", "o.syslog.tls", "o.syslog.tls.ca"],
        Problems(new OutputOptions
        {
            Syslog = new()
            {
                Address = Address("udp://logs:514"),
                Tls = new ClientTlsOptions { Ca = "relative.pem" },
                AppName = "two words",
                Msgid = "",
                StructuredData = "a=b",
                Format = SyslogVersion.Rfc3164,
            },
        }));

    [Fact]
    public void Check_Forward_MistakesAreAllFound() => Assert.Equal(
        ["o.forward", "o.forward.address", "o.forward.tag", "o.forward.username"],
        Problems(new OutputOptions { Forward = new() { Address = Address("unixgram:/dev/log"), Tag = "", Username = "u" } }));

    [Fact]
    public void Check_TcpAndUnix_MistakesAreAllFound()
    {
        Assert.Equal(["o.tcp.address"], Problems(new OutputOptions { Tcp = new() { Address = Address("udp://logs:1") } }));
        Assert.Equal(["o.unix.path"], Problems(new OutputOptions { Unix = new() { Path = "relative" } }));
    }

    private static ReceiverAddress Address(string text)
    {
        Assert.True(ReceiverAddress.TryParse(text, out var address));
        return address!;
    }

    private static IEnumerable<string> Problems(OutputOptions output)
    {
        var problems = new ProblemList();
        SocketOutputValidation.Check(output, "o", problems);
        return problems.Problems.Select(problem => problem.KeyPath).Order(StringComparer.Ordinal);
    }
}
