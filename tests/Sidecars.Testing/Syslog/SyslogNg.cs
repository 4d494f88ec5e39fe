namespace Sidecars.Testing.Syslog;

/// <summary>How syslog-ng is told what a <see cref="SyslogServer"/> does.</summary>
internal static class SyslogNg
{
    public static (string Program, string[] Arguments) Command(SyslogServer server)
    {
        // its structured data is shown as it came; flags(syslog-protocol) is RFC 5424 where the driver's own form is the old one
        var configuration = server.Folder.Write("syslog-ng.conf", $$"""
            @version: 3.38
            options { keep-hostname(yes); use-dns(no); log-msg-size(1048576); stats-freq(0); };
            source all {
              syslog(ip("127.0.0.1") port({{server.TcpPort}}) transport("tcp"));
              syslog(ip("127.0.0.1") port({{server.TlsPort}}) transport("tls")
                tls(key-file("{{server.Folder["key.pem"]}}") cert-file("{{server.Folder["certificate.pem"]}}") peer-verify(optional-untrusted)));
              network(ip("127.0.0.1") port({{server.UdpPort}}) transport("udp") flags(syslog-protocol) so-rcvbuf(4194304));
              unix-stream("{{server.StreamPath}}" flags(syslog-protocol));
              unix-dgram("{{server.DatagramPath}}" flags(syslog-protocol));
            };
            destination understood {
              file("{{server.Folder["messages"]}}" flush-lines(1) template("${PRI}|${HOST}|${PROGRAM}|${PID}|${MSGID}|${SDATA}|${MSG}\n"));
            };
            log { source(all); destination(understood); };
            """);
        string[] arguments =
        [
            "-F", "-f", configuration, "-R", server.Folder["syslog-ng.persist"], "-p", server.Folder["syslog-ng.pid"], "-c", server.Folder["syslog-ng.ctl"],
            "--module-path", Directory.GetDirectories(SyslogServer.PathOf("usr/lib/syslog-ng")).Single(),
        ];
        return ("syslog-ng", arguments);
    }
}
