using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Sidecars.Common.Configuration;

namespace Sidecars.Common.Logging;

/// <summary>Serilog as every sidecar uses it: one line an event on the console, compact JSON unless told otherwise.</summary>
internal sealed class SidecarLogging
{
    private readonly LoggingLevelSwitch _level = new();

    public Logger Create(LogOptions options, string sidecar, bool toStandardError)
    {
        SetLevel(options);
        return new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .Filter.ByExcluding(IsStartupFailure)
            .Enrich.WithProperty("sidecar", sidecar)
            .WriteTo.Console(Formatter(options.Format), standardErrorFromLevel: toStandardError ? LevelAlias.Minimum : null)
            .CreateLogger();
    }

    public void SetLevel(LogOptions options) => _level.MinimumLevel = options.Level switch
    {
        LogThreshold.Debug => LogEventLevel.Debug,
        LogThreshold.Warning => LogEventLevel.Warning,
        LogThreshold.Error => LogEventLevel.Error,
        _ => LogEventLevel.Information,
    };

    // the host reports a failed start with a stack; the user gets one line from the outermost frame instead
    private static bool IsStartupFailure(LogEvent logEvent) =>
        logEvent.Exception is not null
        && logEvent.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: "Microsoft.Extensions.Hosting.Internal.Host" }
        && logEvent.MessageTemplate.Text == "Hosting failed to start";

    private static ITextFormatter Formatter(LogFormatKind format) => format == LogFormatKind.Text
        ? new MessageTemplateTextFormatter("{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}")
        : new CompactJsonLine();
}
