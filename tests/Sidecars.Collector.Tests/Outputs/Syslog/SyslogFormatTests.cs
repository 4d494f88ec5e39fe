using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Syslog;
using Sidecars.Collector.Records;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Tests.Outputs.Syslog;

/// <summary>Whole messages, byte by byte.</summary>
public sealed class SyslogFormatTests : IDisposable
{
    private readonly TestRecords _records = new();
    private int _truncated;

    public void Dispose() => _records.Dispose();

    [Fact]
    public void Write_Defaults_IsRfc5424WithTheNameOfTheFile()
    {
        var options = Options("host:514");
        Assert.Equal("58 <14>1 2026-11-24T03:05:00.000000Z pod-1 a - - - GET / \u00e9 1", Text(options, _records.Create("GET / \u00e9 1")));
    }

    [Fact]
    public void Write_HeaderFields_StandInTheirOrder()
    {
        var options = Options("host:514", options =>
        {
            (options.AppName, options.Procid, options.Msgid) = ("shop", "42", "ACCESS");
            (options.Facility, options.Severity) = (SyslogFacility.Local7, SyslogSeverity.Notice);
        });
        var record = _records.Create("x");
        record.Time = record.Time.AddTicks(1234567);
        Assert.Equal("<189>1 2026-11-24T03:05:00.123456Z pod-1 shop 42 ACCESS - x", Unframed(Text(options, record)));
    }

    [Theory]
    [InlineData(Severity.Trace, 7)]
    [InlineData(Severity.Debug, 7)]
    [InlineData(Severity.Info, 6)]
    [InlineData(Severity.Notice, 5)]
    [InlineData(Severity.Warn, 4)]
    [InlineData(Severity.Error, 3)]
    [InlineData(Severity.Critical, 2)]
    [InlineData(Severity.Alert, 1)]
    [InlineData(Severity.Fatal, 0)]
    internal void Write_Severity_IsInThePriority(Severity severity, int expected)
    {
        var record = _records.Create("x");
        record.Severity = severity;
        Assert.StartsWith($"<{8 + expected}>1 ", Unframed(Text(Options("host:514"), record)), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_StructuredData_EscapesValuesAndMakesNamesFit()
    {
        var options = Options("host:514", options => options.StructuredData = "fields@32473");
        var record = _records.Create("x", ("path", @"/a""b\c]d"), ("a name=long enough to be cut somewhere", "1"));
        Assert.EndsWith(
            $@" [fields@32473 file=""{_records.Path}"" path=""/a\""b\\c\]d"" a_name_long_enough_to_be_cut_som=""1""] x",
            Text(options, record),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_StructuredDataThatIsNotUtf8_IsReplaced()
    {
        var options = Options("host:514", options => options.StructuredData = "f@1");
        var record = _records.Create("x");
        record.Fields.Add(Sidecars.Common.Parsing.FieldName.Of("v"), (byte[])[(byte)'a', 0xFF, (byte)']', 0xC3]);
        Assert.EndsWith(" v=\"a\uFFFD\\]\uFFFD\"] x", Text(options, record), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Rfc3164_HasTheTimeInUtcAndATag()
    {
        var options = Options("host:514", options => (options.Format, options.Procid) = (SyslogVersion.Rfc3164, "7"));
        var record = _records.Create("x");
        Assert.Equal("<14>Nov 24 03:05:00 pod-1 a[7]: x", Unframed(Text(options, record)));
        record.Time = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        Assert.Equal("<14>Feb  3 04:05:06 pod-1 a[7]: x", Unframed(Text(options, record)));
    }

    [Fact]
    public void Write_Newline_EndsEachMessageAndIsEscapedWithin()
    {
        var options = Options("host:514", options => options.Framing = SyslogFraming.Newline);
        var text = Text(options, _records.Create("one\ntwo"), _records.Create("three"));
        Assert.Equal(["one#012two", "three"], text.Split('\n')[..^1].Select(message => message.Split(" - - - ")[1]));
    }

    [Fact]
    public void Write_TextThatIsNotUtf8_GoesAsItIs()
    {
        byte[] body = [0xFF, 0, (byte)'\r', 0xC3];
        var message = Batches.Write(new SyslogFormat(Options("host:514"), Truncated), _records.Create(body));
        Assert.Equal(body, message[^4..].ToArray());
    }

    [Fact]
    public void Write_LongMessage_IsCutBetweenCharactersAndCounted()
    {
        var header = Encoding.UTF8.GetByteCount(Unframed(Text(Options("udp://host:514"), _records.Create(""))));
        var options = Options("udp://host:514", options => options.MaxMessage = new ByteSize(header + 4));
        Assert.EndsWith(" - - - abc", Text(options, _records.Create("abc\u00e9")), StringComparison.Ordinal);
        Assert.Equal(1, _truncated);
        Assert.EndsWith(" - - - ab\u00e9", Text(options, _records.Create("ab\u00e9")), StringComparison.Ordinal);
        Assert.Equal(1, _truncated);
    }

    internal static SyslogOutputOptions Options(string address, Action<SyslogOutputOptions>? change = null)
    {
        Assert.True(ReceiverAddress.TryParse(address, out var parsed));
        var options = new SyslogOutputOptions { Address = parsed, Hostname = "pod-1" };
        change?.Invoke(options);
        return options;
    }

    private static string Unframed(string text) => text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private string Text(SyslogOutputOptions options, params LogRecord[] records) =>
        Encoding.UTF8.GetString(Batches.Write(new SyslogFormat(options, Truncated), records).Span);

    private void Truncated() => _truncated++;
}
