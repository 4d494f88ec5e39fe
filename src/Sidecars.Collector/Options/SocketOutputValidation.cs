using Sidecars.Common.Configuration;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Options;

/// <summary>Mistakes in outputs over sockets that types and ranges cannot say.</summary>
internal static class SocketOutputValidation
{
    public static void Check(OutputOptions output, string key, ProblemList problems)
    {
        if (output.Syslog is { } syslog)
        {
            SyslogValidation.Check(syslog, key + ".syslog", problems);
        }

        if (output.Forward is { } forward)
        {
            ForwardValidation.Check(forward, key + ".forward", problems);
        }

        if (output.Kafka is { } kafka)
        {
            KafkaValidation.Check(kafka, key + ".kafka", problems);
        }

        if (output.Tcp is { } tcp)
        {
            if (tcp.Address is { Transport: not Transport.Tcp } address)
            {
                problems.Add(key + ".tcp.address", $"{address} is no TCP address; give host:port, or take 'unix' for a Unix socket");
            }

            CheckTls(tcp.Address, tcp.Tls, key + ".tcp", problems);
        }

        if (output.Unix is { Path.Length: > 0 } unix && !ReceiverAddress.TryParse("unix:" + unix.Path, out _))
        {
            problems.Add(key + ".unix.path", $"'{unix.Path}' is no path of a socket; it begins with '/' and has at most 107 characters");
        }
    }

    public static void CheckTls(ReceiverAddress? address, ClientTlsOptions? tls, string key, ProblemList problems)
    {
        if (tls is null)
        {
            return;
        }

        if (address is { Transport: not Transport.Tcp })
        {
            problems.Add(key + ".tls", $"TLS goes over TCP, and {address} is something else; leave 'tls' out or give a host:port");
        }

        foreach (var (part, message) in tls.Problems())
        {
            problems.Add($"{key}.tls.{part}", message);
        }
    }
}
