using Sidecars.Ambassador.Discovery;
using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Tests.Discovery;

/// <summary>One question at a time to a real DNS server.</summary>
public sealed class DnsLookupTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private DnsServer _dns = null!;

    public async ValueTask InitializeAsync() => _dns = await DnsServer.StartAsync(
        "10.0.0.2 both.test\n2001:db8::2 both.test\n2001:db8::6 six.test\n10.0.0.9 short.ns.svc.test\n10.0.0.1 many.test\n"
        + string.Concat(Enumerable.Range(1, 200).Select(i => $"10.1.0.{i} many.test\n")),
        "srv-host=_x._tcp.both.test,both.test,1234,3,7\nsrv-host=_gone._tcp.both.test,nobody.test,1,1,1\n"
        + "host-record=minute.test,10.0.0.7,60\nhost-record=week.test,10.0.0.8,604800\nsrv-host=_x._tcp.minute.test,minute.test,1,1,1");

    public async ValueTask DisposeAsync()
    {
        await _dns.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("both.test", DnsFamily.Auto, "ok 10.0.0.2")]
    [InlineData("both.test", DnsFamily.IPv6, "ok 2001:db8::2")]
    [InlineData("both.test", DnsFamily.Both, "ok 10.0.0.2 2001:db8::2")]
    [InlineData("six.test", DnsFamily.Auto, "ok 2001:db8::6")]
    [InlineData("six.test", DnsFamily.IPv4, "no_address")]
    [InlineData("nobody.test", DnsFamily.Auto, "no_such_name")]
    [InlineData("refused.example", DnsFamily.Auto, "failed")]
    [InlineData("short", DnsFamily.Auto, "ok 10.0.0.9")]
    [InlineData("short.ns.svc", DnsFamily.Auto, "ok 10.0.0.9")]
    [InlineData("pinned.test", DnsFamily.Auto, "hosts")]
    internal async Task Name_BecomesAddresses(string name, DnsFamily family, string expected)
    {
        var answer = await AskAsync(new DnsQuestion(name, false), family);

        Assert.Equal(expected, string.Join(' ', answer.Servers.Select(s => s.Address.ToString()).Prepend(answer.Word)));
        Assert.Equal(TimeSpan.FromSeconds(answer.Servers.Count > 0 ? 1 : 0), answer.Ttl);
    }

    [Theory]
    [InlineData("minute.test", false, 60)]
    [InlineData("week.test", false, 604800)]
    [InlineData("both.test", false, 1)]
    [InlineData("_x._tcp.minute.test", true, 1)]
    public async Task Ttl_IsThatOfTheRecords_AndOfSeveralTheShortest(string name, bool isSrv, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await AskAsync(new DnsQuestion(name, isSrv), DnsFamily.IPv4)).Ttl);

    [Fact]
    public async Task AnswerThatUdpCannotHold_IsWhole() =>
        Assert.Equal(201, (await AskAsync(new DnsQuestion("many.test", false), DnsFamily.Auto)).Servers.Count);

    [Fact]
    public async Task Srv_BringsPortPriorityAndWeight()
    {
        var answer = await AskAsync(new DnsQuestion("_x._tcp.both.test", true), DnsFamily.Auto);

        Assert.Equal([new FoundServer(IPAddress.Parse("10.0.0.2"), 1234, 3, 7)], answer.Servers);
        Assert.Equal("no_address", (await AskAsync(new DnsQuestion("_gone._tcp.both.test", true), DnsFamily.Auto)).Word);
        Assert.Equal("no_such_name", (await AskAsync(new DnsQuestion("_none._tcp.nobody.test", true), DnsFamily.Auto)).Word);
    }

    [Fact]
    public async Task SilentServer_IsPassedOverForTheNext()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var options = new DnsOptions { Servers = [$"127.0.0.1:{((IPEndPoint)silent.Client.LocalEndPoint!).Port}", $"127.0.0.1:{_dns.Port}"], Timeout = TimeSpan.FromSeconds(1) };

        var answer = await Lookup().AskAsync(new DnsQuestion("both.test", false), options, TestContext.Current.CancellationToken);

        Assert.Equal("ok", answer.Word);
    }

    [Theory]
    [InlineData("search ns.svc.test svc.test\noptions ndots:5 timeout:1\n", "a", "a.ns.svc.test. a.svc.test. a.")]
    [InlineData("search ns.svc.test svc.test\noptions ndots:5\n", "a.b.c", "a.b.c.ns.svc.test. a.b.c.svc.test. a.b.c.")]
    [InlineData("search one.test\nsearch two.test\n", "a.b", "a.b. a.b.two.test.")]
    [InlineData("# search no.test\ndomain d.test\n", "a.b.", "a.b.")]
    [InlineData("", "a", "a.")]
    public void ResolvConf_SaysWhichNamesAreMeant(string text, string name, string expected) =>
        Assert.Equal(expected, string.Join(' ', ResolverConfiguration.Parse(text).NamesOf(name)));

    [Fact]
    public void ResolvConf_SaysWhomToAsk()
    {
        Assert.Equal("10.0.0.53:53 [2001:db8::53]:53", string.Join(' ', ResolverConfiguration.Parse("nameserver 10.0.0.53\nnameserver nonsense\n nameserver\t2001:db8::53\r\n").Servers));
        Assert.Equal("127.0.0.1:53", string.Join(' ', ResolverConfiguration.Parse("").Servers));
    }

    [Theory]
    [InlineData("http://10.0.0.1:80", null)]
    [InlineData("http://[2001:db8::1]/", null)]
    [InlineData("http://localhost:8080", null)]
    [InlineData("http://app.LOCALHOST", null)]
    [InlineData("https://API.example.com/v2", "api.example.com")]
    public void Question_IsForNamesOnly(string address, string? name) => Assert.Equal(name, DnsQuestion.OfHttp(address, null)?.Name);

    private DnsLookup Lookup() => new(
        _folder.Write("hosts", "127.0.0.1 localhost\n127.0.0.9\tother pinned.test # commented.test\n"),
        _folder.Write("resolv.conf", "nameserver 192.0.2.1\nsearch ns.svc.test test\noptions ndots:2\n"));

    private Task<DnsAnswer> AskAsync(DnsQuestion question, DnsFamily family) =>
        Lookup().AskAsync(question, new DnsOptions { Servers = [$"127.0.0.1:{_dns.Port}"], Family = family, Timeout = TimeSpan.FromSeconds(20) }, TestContext.Current.CancellationToken);
}
