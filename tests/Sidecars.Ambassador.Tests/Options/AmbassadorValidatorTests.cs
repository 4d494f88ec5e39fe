using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tests.Options;

public sealed class AmbassadorValidatorTests
{
    [Fact]
    public void Services_ThatAreRight_HaveNoProblems()
    {
        Assert.Empty(Check(
            Http("api", "127.0.0.1:8081", "http://api.example.com", "https://10.0.0.2:8443/base", "http://[2001:db8::1]:80"),
            Tcp("db", "127.0.0.1:3306", "db.example.com:3306", "10.0.0.2:3306", "[2001:db8::1]:3306"),
            Http("socket", "unix:/run/api.sock", "http://api")));
    }

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("host:80")]
    [InlineData("http://")]
    [InlineData("http://user:secret@host")]
    [InlineData("http://host/?q")]
    [InlineData("http://host/#f")]
    [InlineData("")]
    public void HttpUpstream_ThatIsNone_IsToldAtItsPlace(string address)
    {
        var problem = Assert.Single(Check(Http("api", "127.0.0.1:8081", "http://right", address)));

        Assert.Equal("services[0].http.upstreams[1]", problem.KeyPath);
        Assert.DoesNotContain("secret", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9102", true)]
    [InlineData("http://localhost:9102/x", true)]
    [InlineData("http://[::ffff:127.0.0.1]:9102", true)]
    [InlineData("http://127.0.0.1:9103", false)]
    [InlineData("http://api.example.com:9102", false)]
    public void Upstream_ThatIsTheAdminPort_IsTold(string address, bool isTold)
    {
        var problems = Check(Http("api", "127.0.0.1:8081", address)).Concat(Check(Tcp("db", "127.0.0.1:3306", address.Split('/')[2])));

        Assert.Equal(isTold ? ["services[0].http.upstreams[0]", "services[0].tcp.upstreams[0]"] : [], problems.Select(p => p.KeyPath));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("tcp://host:1")]
    [InlineData("2001:db8::1:3306")]
    [InlineData(":3306")]
    [InlineData("a b:1")]
    public void TcpUpstream_ThatIsNone_IsToldAtItsPlace(string address)
    {
        Assert.Equal("services[0].tcp.upstreams[0]", Assert.Single(Check(Tcp("db", "127.0.0.1:3306", address))).KeyPath);
    }

    [Theory]
    [InlineData("127.0.0.1:8081", "127.0.0.1:8081", true)]
    [InlineData("127.0.0.1:8081", ":8081", true)]
    [InlineData("127.0.0.1:8081", "127.0.0.2:8081", false)]
    [InlineData("127.0.0.1:8081", "[::1]:8081", false)]
    [InlineData("unix:/a.sock", "unix:/a.sock", true)]
    [InlineData("unix:/a.sock", "unix:/b.sock", false)]
    public void TwoListeners_OnOneAddress_AreToldAtTheSecond(string first, string second, bool conflict)
    {
        var problems = Check(Http("a", first, "http://x"), Tcp("b", second, "x:1"));

        Assert.Equal(conflict ? ["services[1].listen"] : [], problems.Select(p => p.KeyPath));
    }

    [Fact]
    public void Listener_OnTheAdminPort_IsTold()
    {
        var problem = Assert.Single(Check(Http("api", "127.0.0.1:9102", "http://x")));

        Assert.Equal("services[0].listen", problem.KeyPath);
        Assert.Contains("the admin port", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_IsToldAtOnce()
    {
        var both = Http("api", "127.0.0.1:1", "http://x");
        both.Tcp = new TcpServiceOptions();

        var problems = Check(
            both,
            new ServiceOptions { Name = "API", Listen = Address("127.0.0.1:1") },
            Http("not a name", "127.0.0.1:0"),
            Http("twice", "127.0.0.1:3", "http://x", "http://x"));

        Assert.Equal(
            ["services[0]", "services[1].name", "services[1].listen", "services[1]", "services[2].name", "services[2].listen", "services[2].http.upstreams", "services[3].http.upstreams[1]"],
            problems.Select(p => p.KeyPath));
    }

    [Fact]
    public void Nothing_IsAMistake_AndNamesTheQuickStart()
    {
        Assert.Contains("AMBASSADOR_UPSTREAM", Assert.Single(Check()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://host:80", true)]
    [InlineData("https://host", true)]
    [InlineData("TCP://host:3306", false)]
    public void QuickStart_BecomesAService(string upstream, bool http)
    {
        var options = new AmbassadorOptions { Upstream = upstream };

        Assert.Empty(Check(options));
        var service = Assert.Single(options.AllServices());
        Assert.Equal(("default", "127.0.0.1:8080", http), (service.Name, service.Listen!.Text, service.Http is not null));
        Assert.Equal(http ? upstream : "host:3306", service.Http?.Upstreams.Single().Address ?? service.Tcp!.Upstreams.Single().Address);
    }

    [Theory]
    [InlineData("host", null, "upstream")]
    [InlineData("tcp://host", null, "upstream")]
    [InlineData(null, "127.0.0.1:1", "listen")]
    public void QuickStart_ThatIsWrong_IsToldAtItsKey(string? upstream, string? listen, string key)
    {
        var problems = Check(new AmbassadorOptions { Upstream = upstream, Listen = listen is null ? null : Address(listen), Services = upstream is null ? [Http("a", "127.0.0.1:2", "http://x")] : [] });

        Assert.Equal([key], problems.Select(p => p.KeyPath));
    }

    [Theory]
    [InlineData("db:3306")]
    [InlineData("ftp://x")]
    public void QuickStart_OfAnUnknownKind_NamesBothKinds(string upstream)
    {
        var message = Assert.Single(Check(new AmbassadorOptions { Upstream = upstream })).Message;

        Assert.Contains("http://host:port", message, StringComparison.Ordinal);
        Assert.Contains("tcp://host:port", message, StringComparison.Ordinal);
    }

    [Fact]
    public void QuickStart_ListenAlone_IsOneMistake()
    {
        var problem = Assert.Single(Check(new AmbassadorOptions { Listen = Address("127.0.0.1:1") }));

        Assert.Equal("listen", problem.KeyPath);
        Assert.Contains("AMBASSADOR_UPSTREAM", problem.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Problem> Check(params ServiceOptions[] services) => Check(new AmbassadorOptions { Services = [.. services] });

    private static IReadOnlyList<Problem> Check(AmbassadorOptions options)
    {
        var problems = new ProblemList();
        new AmbassadorValidator(problems, ListenAddress.AnyIP(9102)).Check(options);
        return problems.Problems;
    }

    private static ServiceOptions Http(string name, string listen, params string[] upstreams) =>
        new() { Name = name, Listen = Address(listen), Http = new HttpServiceOptions { Upstreams = [.. upstreams.Select(u => new UpstreamOptions(u))] } };

    private static ServiceOptions Tcp(string name, string listen, params string[] upstreams) =>
        new() { Name = name, Listen = Address(listen), Tcp = new TcpServiceOptions { Upstreams = [.. upstreams.Select(u => new TcpUpstreamOptions(u))] } };

    private static ListenAddress Address(string text) => ListenAddress.TryParse(text, out var address) ? address! : throw new FormatException(text);
}
