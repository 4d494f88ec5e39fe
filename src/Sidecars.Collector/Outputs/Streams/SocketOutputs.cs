using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs.Forward;
using Sidecars.Collector.Outputs.Syslog;
using Sidecars.Collector.Records;
using Sidecars.Common.Tls;

namespace Sidecars.Collector.Outputs.Streams;

/// <summary>The outputs over sockets, made of checked options.</summary>
internal static class SocketOutputs
{
    public static OutputParts Create(string name, SyslogOutputOptions options, OutputContext context)
    {
        var target = Target(options.Address!, options.Tls, options.Timeout, context);
        Output output = options.Address!.IsDatagram
            ? new DatagramOutput(name, target, context.Metrics.RecordTruncated)
            : new StreamOutput(name, target);
        return new OutputParts(output, new SyslogFormat(options, context.Metrics.RecordTruncated));
    }

    public static OutputParts Create(string name, ForwardOutputOptions options, OutputContext context) =>
        new(new ForwardOutput(name, options, Target(options.Address!, options.Tls, options.Timeout, context)), new ForwardFormat());

    public static OutputParts Create(string name, TcpOutputOptions options, RecordFormat? format, OutputContext context) =>
        new(new StreamOutput(name, Target(options.Address!, options.Tls, options.Timeout, context)), format);

    public static OutputParts Create(string name, UnixOutputOptions options, RecordFormat? format, OutputContext context)
    {
        _ = ReceiverAddress.TryParse("unix:" + options.Path, out var address);
        return new OutputParts(new StreamOutput(name, Target(address!, null, options.Timeout, context)), format);
    }

    private static StreamTarget Target(ReceiverAddress address, ClientTlsOptions? tls, TimeSpan timeout, OutputContext context) =>
        new(address, timeout, context.Time) { Tls = tls is null ? null : new ClientTls(tls, context.Time, context.Log) };
}
