using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sidecars.Collector.Options;
using Sidecars.Collector.Records;

namespace Sidecars.Collector.Outputs.Syslog;

/// <summary>The part of a message before its text: RFC 5424, section 6.2, or RFC 3164, section 4.1, with the time in UTC.</summary>
internal sealed class SyslogHeader
{
    private const int LongestAppName = 48;
    private const int LongestTag = 32;

    private readonly SyslogOutputOptions _options;
    private readonly byte[] _hostname;
    private readonly byte[] _afterAppName;
    private string _path = "";
    private byte[] _appName;

    public SyslogHeader(SyslogOutputOptions options)
    {
        _options = options;
        _hostname = Encoding.ASCII.GetBytes(Printable(options.Hostname ?? Environment.MachineName, "-"));
        _appName = Encoding.ASCII.GetBytes(options.AppName ?? "-");
        _afterAppName = Encoding.ASCII.GetBytes(options.Format == SyslogVersion.Rfc5424
            ? $" {options.Procid} {options.Msgid} "
            : (options.Procid == "-" ? ": " : $"[{options.Procid}]: "));
    }

    public void Write(LogRecord record, IBufferWriter<byte> output)
    {
        WritePriority(record.Severity, output);
        if (_options.Format == SyslogVersion.Rfc5424)
        {
            WriteTime(record.Time, "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'ffffff'Z '", output);
        }
        else
        {
            // RFC 3164, section 4.1.2: the day with a blank before it when it has one digit
            WriteTime(record.Time, record.Time.Day < 10 ? "MMM'  'd' 'HH':'mm':'ss' '" : "MMM' 'd' 'HH':'mm':'ss' '", output);
        }

        output.Write(_hostname);
        output.Write(" "u8);
        output.Write(AppName(record));
        output.Write(_afterAppName);
    }

    /// <summary>Appendix B of the OpenTelemetry log data model the other way round.</summary>
    private static SyslogSeverity Of(Severity severity, SyslogSeverity unspecified) => severity switch
    {
        Severity.Unspecified => unspecified,
        >= Severity.Fatal => SyslogSeverity.Emergency,
        >= Severity.Alert => SyslogSeverity.Alert,
        >= Severity.Critical => SyslogSeverity.Critical,
        >= Severity.Error => SyslogSeverity.Error,
        >= Severity.Warn => SyslogSeverity.Warning,
        >= Severity.Notice => SyslogSeverity.Notice,
        >= Severity.Info => SyslogSeverity.Info,
        _ => SyslogSeverity.Debug,
    };

    private static void WriteTime(DateTime time, string format, IBufferWriter<byte> output)
    {
        _ = time.TryFormat(output.GetSpan(40), out var written, format, System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static string Printable(string text, string otherwise)
    {
        var printable = string.Concat(text.Where(c => c is > ' ' and <= '~'));
        return printable.Length == 0 ? otherwise : printable;
    }

    private void WritePriority(Severity severity, IBufferWriter<byte> output)
    {
        var span = output.GetSpan(8);
        span[0] = (byte)'<';
        _ = Utf8Formatter.TryFormat(((int)_options.Facility * 8) + (int)Of(severity, _options.Severity), span[1..], out var digits);
        span[digits + 1] = (byte)'>';
        output.Advance(digits + 2);
        output.Write(_options.Format == SyslogVersion.Rfc5424 ? "1 "u8 : default);
    }

    /// <summary>What was given, else the name of the file; made anew only when the file is another.</summary>
    private byte[] AppName(LogRecord record)
    {
        if (_options.AppName is null && !ReferenceEquals(_path, record.File.Path))
        {
            _path = record.File.Path;
            var name = Printable(Path.GetFileNameWithoutExtension(_path), "-");
            var longest = _options.Format == SyslogVersion.Rfc5424 ? LongestAppName : LongestTag;
            _appName = Encoding.ASCII.GetBytes(name.Length > longest ? name[..longest] : name);
        }

        return _appName;
    }
}
