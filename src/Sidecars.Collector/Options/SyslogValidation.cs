using Sidecars.Common.Configuration;

namespace Sidecars.Collector.Options;

/// <summary>Mistakes in a syslog output that types and ranges cannot say.</summary>
internal static class SyslogValidation
{
    // RFC 5424, section 6: HOSTNAME, APP-NAME, PROCID, MSGID and SD-ID in printable ASCII, at most so long
    private const int LongestHostname = 255;
    private const int LongestAppName = 48;
    private const int LongestProcid = 128;
    private const int LongestMsgid = 32;
    private const int LongestId = 32;

    public static void Check(SyslogOutputOptions syslog, string key, ProblemList problems)
    {
        CheckName(syslog.Hostname, LongestHostname, key + ".hostname", problems);
        CheckName(syslog.AppName, LongestAppName, key + ".app_name", problems);
        CheckName(syslog.Procid, LongestProcid, key + ".procid", problems);
        CheckName(syslog.Msgid, LongestMsgid, key + ".msgid", problems);
        CheckName(syslog.StructuredData, LongestId, key + ".structured_data", problems, "=\"]");
        if (syslog.StructuredData is not null && syslog.Format == SyslogVersion.Rfc3164)
        {
            problems.Add(key + ".structured_data", "rfc3164 has no structured data; leave it out, or take format: rfc5424");
        }

        SocketOutputValidation.CheckTls(syslog.Address, syslog.Tls, key, problems);
    }

    private static void CheckName(string? value, int longest, string key, ProblemList problems, string without = "")
    {
        if (value is not null && (value.Length == 0 || value.Length > longest || value.Any(c => c is <= ' ' or > '~' || without.Contains(c, StringComparison.Ordinal))))
        {
            problems.Add(key, $"'{value}' cannot be written in a syslog header; use 1 to {longest} printable ASCII characters without spaces{(without.Length > 0 ? " and without " + string.Join(' ', without.ToCharArray()) : "")}");
        }
    }
}
