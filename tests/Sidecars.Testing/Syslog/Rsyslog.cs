namespace Sidecars.Testing.Syslog;

/// <summary>How rsyslog is told what a <see cref="SyslogServer"/> does.</summary>
internal static class Rsyslog
{
    public static (string Program, string[] Arguments) Command(SyslogServer server)
    {
        var configuration = server.Folder.Write("rsyslog.conf", $$"""
            global(
              workDirectory="{{server.Folder.Path}}"
              maxMessageSize="1m"
              DefaultNetstreamDriverCAFile="{{server.Folder["ca.pem"]}}"
              DefaultNetstreamDriverCertFile="{{server.Folder["certificate.pem"]}}"
              DefaultNetstreamDriverKeyFile="{{server.Folder["key.pem"]}}")
            module(load="imtcp" maxFrameSize="1000000")
            module(load="imudp")
            module(load="imptcp")
            module(load="imuxsock" SysSock.Use="off")
            input(type="imtcp" address="127.0.0.1" port="{{server.TcpPort}}")
            input(type="imtcp" address="127.0.0.1" port="{{server.TlsPort}}" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
            input(type="imudp" address="127.0.0.1" port="{{server.UdpPort}}" rcvbufSize="4m")
            input(type="imptcp" path="{{server.StreamPath}}" unlink="on")
            input(type="imuxsock" Socket="{{server.DatagramPath}}" Unlink="on" UseSpecialParser="off" ParseHostname="on" RateLimit.Interval="0")
            template(name="understood" type="string" string="%pri%|%hostname%|%app-name%|%procid%|%msgid%|%structured-data%|%msg%\n")
            action(type="omfile" file="{{server.Folder["messages"]}}" template="understood" flushOnTXEnd="on")
            """);
        var modules = Directory.GetDirectories(SyslogServer.PathOf("usr/lib"), "*-linux-gnu").Select(folder => folder + "/rsyslog").Single(Directory.Exists);
        return ("rsyslogd", ["-n", "-f", configuration, "-i", server.Folder["rsyslog.pid"], "-M", modules]);
    }
}
