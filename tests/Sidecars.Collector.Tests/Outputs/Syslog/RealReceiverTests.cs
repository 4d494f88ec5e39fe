using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Streams;
using Sidecars.Collector.Outputs.Syslog;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Tls;
using Sidecars.Testing;
using Sidecars.Testing.Syslog;

namespace Sidecars.Collector.Tests.Outputs.Syslog;

/// <summary>rsyslog and syslog-ng from Debian, over every transport.</summary>
public sealed class RealReceiverTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Authority _authority = new();
    private readonly TestRecords _records = new();

    public static TheoryData<string, string, string> Routes =>
        new(from server in (string[])["rsyslog", "syslog-ng"]
            from transport in (string[])["tcp", "tls", "udp", "unix", "unixgram"]
            from format in (string[])["rfc5424", "rfc3164"]
            where format == "rfc5424" || (server == "rsyslog" && transport == "tcp")
            select new TheoryDataRow<string, string, string>(server, transport, format));

    public void Dispose()
    {
        _records.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_line_arrives_as_it_was_sent(string kind, string transport, string format)
    {
        await using var server = await StartAsync(kind);
        var options = Options(server, transport, kind);
        options.Format = format == "rfc5424" ? SyslogVersion.Rfc5424 : SyslogVersion.Rfc3164;
        using var output = Create(options);
        var numbers = Enumerable.Range(0, 500).Select(n => n.ToString("000000", CultureInfo.InvariantCulture)).ToArray();
        var syslog = new SyslogFormat(options, () => { });
        foreach (var part in numbers.Chunk(100))
        {
            Assert.True((await output.WriteAsync(Batches.Of(syslog, [.. part.Select(number => _records.Create(number))]), default)).IsAcknowledged);
        }

        output.Flush();
        await Eventually.Equal(numbers.Length, () => server.Messages.Length, Deadline);
        var first = server.Messages[0].Split('|');
        Assert.Equal(["14", "pod-1", "shop"], first[..3]);
        Assert.Equal(numbers, server.Messages.Select(message => message.Split('|')[6].TrimStart()));
    }

    [Theory]
    [InlineData("rsyslog")]
    [InlineData("syslog-ng")]
    public async Task Header_and_structured_data_are_understood(string kind)
    {
        await using var server = await StartAsync(kind);
        var options = Options(server, "tcp", kind);
        (options.Procid, options.Msgid, options.StructuredData, options.Facility) = ("42", "ACCESS", "fields@32473", SyslogFacility.Local3);
        using var output = Create(options);
        var record = _records.Create("text", ("path", @"/a""b\c]d"));
        record.Severity = Sidecars.Collector.Records.Severity.Error;
        Assert.True((await output.WriteAsync(Batches.Of(new SyslogFormat(options, () => { }), record), default)).IsAcknowledged);
        await Eventually.Equal(1, () => server.Messages.Length, Deadline);
        Assert.Equal($@"155|pod-1|shop|42|ACCESS|[fields@32473 file=""{_records.Path}"" path=""/a\""b\\c\]d""]|text", server.Messages[0]);
    }

    [Theory]
    [InlineData("rsyslog")]
    [InlineData("syslog-ng")]
    public async Task Receiver_that_is_restarted_gets_every_line(string kind)
    {
        await using var server = await StartAsync(kind);
        var options = Options(server, "tcp", kind);
        using var output = Create(options);
        var syslog = new SyslogFormat(options, () => { });
        Assert.True((await output.WriteAsync(Batches.Of(syslog, _records.Create("1")), default)).IsAcknowledged);
        await Eventually.Equal(1, () => server.Messages.Length, Deadline);
        await server.StopAsync();
        await Eventually.True(() => !((StreamOutput)output).IsConnected, Deadline);
        Assert.Equal("connect", (await output.WriteAsync(Batches.Of(syslog, _records.Create("2")), default)).Failure);
        await server.StartAsync();
        Assert.True((await output.WriteAsync(Batches.Of(syslog, _records.Create("2")), default)).IsAcknowledged);
        await Eventually.Equal(2, () => server.Messages.Length, Deadline);
        Assert.Equal(["1", "2"], server.Messages.Select(message => message[^1..]));
    }

    [Theory]
    [InlineData("rsyslog")]
    [InlineData("syslog-ng")]
    public async Task Bytes_of_any_kind_and_huge_lines_arrive(string kind)
    {
        await using var server = await StartAsync(kind);
        var options = Options(server, "tcp", kind);
        using var output = Create(options);
        byte[] wrong = [(byte)'a', 0xFF, 0xC3, (byte)'z'];
        var huge = new string('x', 500_000);
        var batch = Batches.Of(new SyslogFormat(options, () => { }), _records.Create(wrong), _records.Create(huge), _records.Create("last"));
        Assert.True((await output.WriteAsync(batch, default)).IsAcknowledged);
        await Eventually.Equal(3, () => server.Messages.Length, Deadline);
        Assert.EndsWith(Encoding.UTF8.GetString(wrong), server.Messages[0], StringComparison.Ordinal);
        Assert.Equal(huge, server.Messages[1].Split('|')[^1]);
        Assert.EndsWith("|last", server.Messages[2], StringComparison.Ordinal);
    }

    private Task<SyslogServer> StartAsync(string kind) =>
        kind == "rsyslog" ? SyslogServer.RsyslogAsync(_authority) : SyslogServer.SyslogNgAsync(_authority);

    private static SyslogOutputOptions Options(SyslogServer server, string transport, string kind)
    {
        var address = transport switch
        {
            "tcp" => $"127.0.0.1:{server.TcpPort}",
            "tls" => $"127.0.0.1:{server.TlsPort}",
            "udp" => $"udp://127.0.0.1:{server.UdpPort}",
            "unix" => "unix:" + server.StreamPath,
            _ => "unixgram:" + server.DatagramPath,
        };
        var options = SyslogFormatTests.Options(address);
        options.AppName = "shop";
        options.Tls = transport == "tls" ? new ClientTlsOptions { Ca = server.AuthorityPath } : null;

        // its unix-stream knows only lines
        options.Framing = transport == "unix" && kind == "syslog-ng" ? SyslogFraming.Newline : SyslogFraming.OctetCounting;
        return options;
    }

    private static Output Create(SyslogOutputOptions options)
    {
        var target = new StreamTarget(options.Address!, Deadline, TimeProvider.System)
        {
            Tls = options.Tls is { } tls ? new ClientTls(tls, TimeProvider.System, NullLogger.Instance) : null,
        };
        return options.Address!.IsDatagram ? new DatagramOutput("syslog", target, () => { }) : new StreamOutput("syslog", target);
    }
}
