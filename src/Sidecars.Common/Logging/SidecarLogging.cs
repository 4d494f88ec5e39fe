using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Sidecars.Common.Logging;

/// <summary>Serilog as every sidecar uses it: one line an event on the console, compact JSON unless told otherwise.</summary>
internal sealed class SidecarLogging
{
    private readonly LoggingLevelSwitch _level = new();

    /// <summary>What went wrong of late, for the status page.</summary>
    public RecentProblems Recent { get; } = new();

    public Logger Create(LogEventLevel level, bool asText, bool toStandardError, string sidecar)
    {
        SetLevel(level);
        return new LoggerConfiguration()
            .MinimumLevel.ControlledBy(_level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .Filter.ByExcluding(IsStartupFailure)
            .Enrich.WithProperty("sidecar", sidecar)
            .WriteTo.Console(Formatter(asText), standardErrorFromLevel: toStandardError ? LevelAlias.Minimum : null)
            .WriteTo.Sink(Recent, LogEventLevel.Warning)
            .CreateLogger();
    }

    public void SetLevel(LogEventLevel level) => _level.MinimumLevel = level;

    // the host reports a failed start with a stack; the user gets one line from the outermost frame instead
    private static bool IsStartupFailure(LogEvent logEvent) =>
        logEvent.Exception is not null
        && logEvent.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: "Microsoft.Extensions.Hosting.Internal.Host" }
        && logEvent.MessageTemplate.Text == "Hosting failed to start";

    private static ITextFormatter Formatter(bool asText) => asText
        ? new MessageTemplateTextFormatter("{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}")
        : new CompactJsonLine();
}
