using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Sidecars.Common.Status;

/// <summary>
/// The status page. File names, receivers' answers and the like are whatever somebody made them: every text goes through
/// <see cref="Encode"/>. The tables keep their roles where the narrow form lays them out as blocks.
/// </summary>
internal static class StatusHtml
{
    private const int LongestUnbroken = 24;

    public static string Write(StatusDocument status, int refreshSeconds)
    {
        var page = new StringBuilder(16 * 1024);
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n");
        page.Append("<title>").Append(Encode(status.Sidecar)).Append(" status</title>\n<style>").Append(StatusStyle.Sheet).Append("</style>\n</head>\n<body>\n");
        WriteHeader(page, status, refreshSeconds);
        page.Append("<main>\n");
        WriteProblems(page, status.Configuration);
        foreach (var (section, table) in status.Tables)
        {
            WriteSection(page, section, table);
        }

        page.Append("</main>\n");
        WriteFooter(page, status);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private static void WriteHeader(StringBuilder page, StatusDocument status, int refreshSeconds)
    {
        page.Append("<header>\n<h1>").Append(Encode(status.Sidecar)).Append(" <small>").Append(Encode(status.Version)).Append("</small></h1>\n");
        page.Append("<p class=\"quiet\">").Append(Encode(status.Summary)).Append("</p>\n<dl class=\"facts\">\n");
        WriteFact(page, "Live", Badge(status.Health.Live, "yes", StatusLevel.Bad));
        WriteFact(page, "Ready", Badge(status.Health.Ready, "yes", StatusLevel.Warning));
        WriteFact(page, "Up for", Encode(StatusText.Duration(Math.Floor(status.UptimeSeconds))));
        WriteFact(page, "Configuration", Encode(status.Configuration.File ?? "built-in defaults"));
        WriteFact(page, "In force since", Moment(status.Configuration.InForceSince));
        WriteFact(page, "Last reload", status.Configuration.LastReloadSuccessful ? Badge("in force", StatusLevel.Good) : Badge("refused", StatusLevel.Bad));
        WriteFact(page, "As of", Moment(status.Time));
        WriteFact(page, "Refresh", refreshSeconds > 0
            ? string.Create(CultureInfo.InvariantCulture, $"every {refreshSeconds} s, <a href=\"?refresh=0\">stop</a>")
            : "stopped, <a href=\"?\">start</a>");
        page.Append("</dl>\n</header>\n");
    }

    private static void WriteFact(StringBuilder page, string name, string html) =>
        page.Append("<div><dt>").Append(name).Append("</dt><dd>").Append(html).Append("</dd></div>\n");

    private static void WriteProblems(StringBuilder page, StatusConfiguration configuration)
    {
        if (configuration.Problems.Count == 0)
        {
            return;
        }

        page.Append("<section class=\"alert\" aria-labelledby=\"configuration-problems\">\n<h2 id=\"configuration-problems\">The changed configuration was refused</h2>\n");
        page.Append("<p>The one before it stays in force.</p>\n<ul>\n");
        foreach (var problem in configuration.Problems)
        {
            page.Append("<li>").Append(Encode(problem)).Append("</li>\n");
        }

        page.Append("</ul>\n</section>\n");
    }

    private static void WriteSection(StringBuilder page, StatusSection section, StatusTable table)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section aria-labelledby=\"{section.Name}\">\n<h2 id=\"{section.Name}\">{Encode(section.Title)}</h2>\n");
        if (table.Note is { } note)
        {
            page.Append("<p class=\"quiet\">").Append(Encode(note)).Append("</p>\n");
        }

        if (table.Rows.Count == 0)
        {
            page.Append("<p class=\"quiet\">None.</p>\n</section>\n");
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<table role=\"table\" aria-labelledby=\"{section.Name}\">\n<thead role=\"rowgroup\"><tr role=\"row\">");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var isFigure = table.Rows.Any(row => IsFigure(row[i]));
            page.Append("<th role=\"columnheader\" scope=\"col\"").Append(isFigure ? " class=\"figure\">" : ">").Append(Encode(table.Columns[i].Title)).Append("</th>");
        }

        page.Append("</tr></thead>\n<tbody role=\"rowgroup\">\n");
        foreach (var row in table.Rows)
        {
            WriteRow(page, table.Columns, row);
        }

        page.Append("</tbody>\n</table>\n");
        if (table.Total > table.Rows.Count)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"quiet\">{table.Rows.Count:N0} of {table.Total:N0} are shown.</p>\n");
        }

        page.Append("</section>\n");
    }

    private static void WriteRow(StringBuilder page, IReadOnlyList<StatusColumn> columns, StatusValue[] row)
    {
        page.Append("<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"").Append(IsShort(row[0]) ? " class=\"short\">" : ">");
        WriteValue(page, columns[0], row[0]);
        page.Append("</th>");
        for (var i = 1; i < row.Length; i++)
        {
            page.Append("<td role=\"cell\" data-title=\"").Append(Encode(columns[i].Title)).Append('"').Append(ClassOf(row[i])).Append("><span>");
            WriteValue(page, columns[i], row[i]);
            page.Append("</span></td>");
        }

        page.Append("</tr>\n");
    }

    private static string ClassOf(StatusValue value) => value.Kind switch
    {
        StatusKind.None => " class=\"nothing\"",
        StatusKind.Text => IsShort(value) ? " class=\"short\"" : " class=\"text\"",
        _ => IsFigure(value) ? " class=\"figure\"" : "",
    };

    /// <summary>What fits into a column as it is: names and addresses are not to be broken for a few characters.</summary>
    private static bool IsShort(StatusValue value) => value.Words.Length <= LongestUnbroken;

    private static bool IsFigure(StatusValue value) => value.Kind is StatusKind.Number or StatusKind.Bytes or StatusKind.Seconds or StatusKind.Ratio;

    private static void WriteValue(StringBuilder page, StatusColumn column, StatusValue value)
    {
        var text = StatusText.Of(value);
        page.Append(value.Kind switch
        {
            StatusKind.State => Badge(text, value.Level),
            StatusKind.Time => Moment(DateTimeOffset.FromUnixTimeMilliseconds((long)(value.Number * 1000))),
            _ => Encode(text),
        });
        if (value.History is { } history)
        {
            Sparkline.Write(page, history.ToArray(), Encode($"{column.Title}, the last 5 minutes"));
        }
    }

    private static string Badge(IReadOnlyList<string> failures, string well, StatusLevel otherwise) =>
        failures.Count == 0 ? Badge(well, StatusLevel.Good) : string.Join(' ', failures.Select(failure => Badge(failure, otherwise)));

    private static string Badge(string text, StatusLevel level)
    {
        var name = level switch { StatusLevel.Good => "good", StatusLevel.Warning => "warning", StatusLevel.Bad => "bad", _ => "neutral" };
        return $"<span class=\"badge {name}\">{Encode(text)}</span>";
    }

    private static string Moment(DateTimeOffset time)
    {
        var text = StatusText.Moment(time.ToUnixTimeMilliseconds() / 1000.0);
        return $"<time datetime=\"{text}\">{text.Replace('T', ' ').Replace("Z", " UTC", StringComparison.Ordinal)}</time>";
    }

    private static void WriteFooter(StringBuilder page, StatusDocument status)
    {
        page.Append("<footer>\n<nav aria-label=\"Other pages\"><ul>");
        foreach (var path in (ReadOnlySpan<string>)["metrics", "healthz", "readyz", "startupz", "status.json"])
        {
            page.Append("<li><a href=\"").Append(path).Append("\">/").Append(path).Append("</a></li>");
        }

        page.Append("</ul></nav>\n<p class=\"quiet\">Described in docs/").Append(Encode(status.Sidecar)).Append(".md and docs/common.md.</p>\n</footer>\n");
    }
}
