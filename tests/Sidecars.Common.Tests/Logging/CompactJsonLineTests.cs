using System.Globalization;
using System.Text.Json;
using Serilog.Events;
using Serilog.Parsing;
using Sidecars.Common.Logging;

namespace Sidecars.Common.Tests.Logging;

public class CompactJsonLineTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2));

    [Fact]
    public void Format_Event_IsOneLineOfJson() => Assert.Equal(
        "{\"@t\":\"2026-01-02T03:04:05.0000000Z\",\"@m\":\"read a\\\"b, 3 times\",\"@l\":\"Warning\",\"File\":\"a\\\"b\",\"Count\":3}\n",
        Format(LogEventLevel.Warning, null, "read {File}, {Count} times", ("File", "a\"b"), ("Count", 3), ("EventId", 7)));

    [Fact]
    public void Format_Exception_StaysOnTheLine()
    {
        var line = Format(LogEventLevel.Error, new InvalidOperationException("two\nlines"), "failed");

        Assert.Single(line.TrimEnd('\n').Split('\n'));
        Assert.Contains("two\nlines", JsonDocument.Parse(line).RootElement.GetProperty("@x").GetString(), StringComparison.Ordinal);
    }

    private static string Format(LogEventLevel level, Exception? exception, string template, params (string Name, object Value)[] properties)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var values = properties.Select(p => new LogEventProperty(p.Name, new ScalarValue(p.Value)));
        new CompactJsonLine().Format(new LogEvent(Time, level, exception, new MessageTemplateParser().Parse(template), values), output);
        return output.ToString();
    }
}
