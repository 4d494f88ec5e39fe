using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sidecars.Common.Metrics;

/// <summary>
/// Reads from a scrape's header fields what it wants. An answer in a format that was not asked for is of more use than none,
/// so whoever accepts neither format gets text.
/// </summary>
internal static class MetricsNegotiation
{
    private const string TextContentType = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string TimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds";
    private const double LongestTimeout = 3600;

    public static MetricsRequest Read(HttpRequest request) => new(Format(request.Headers.Accept), Timeout(request.Headers[TimeoutHeader]));

    public static string ContentType(MetricsFormat format) => format == MetricsFormat.OpenMetrics ? OpenMetricsContentType : TextContentType;

    /// <summary>The format with the greatest q; where both are wanted alike, OpenMetrics if it was named, as it tells more.</summary>
    public static MetricsFormat Format(IList<string>? accept)
    {
        var (text, openMetrics) = (0.0, 0.0);
        if (accept is null || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return MetricsFormat.Text;
        }

        foreach (var type in types)
        {
            openMetrics = Math.Max(openMetrics, IsOpenMetrics(type) ? type.Quality ?? 1 : 0);
            text = Math.Max(text, type.MatchesMediaType("text/plain") && IsVersion(type, "0.0.4") ? type.Quality ?? 1 : 0);
        }

        return openMetrics > 0 && openMetrics >= text ? MetricsFormat.OpenMetrics : MetricsFormat.Text;
    }

    /// <summary>Whether gzip is welcome: named with a q above 0, or by <c>*</c> where it is not named.</summary>
    public static bool AcceptsGzip(IList<string>? acceptEncoding)
    {
        if (acceptEncoding is null || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var codings))
        {
            return false;
        }

        var gzip = codings.FirstOrDefault(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            ?? codings.FirstOrDefault(coding => coding.Value == "*");
        return gzip is not null && (gzip.Quality ?? 1) > 0;
    }

    private static TimeSpan? Timeout(string? seconds) =>
        double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and < LongestTimeout
            ? TimeSpan.FromSeconds(value)
            : null;

    private static bool IsOpenMetrics(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) && IsVersion(type, "1.0.0", "0.0.1");

    private static bool IsVersion(MediaTypeHeaderValue type, params ReadOnlySpan<string> known)
    {
        var version = type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.GetUnescapedValue().ToString();
        return version is null || known.Contains(version);
    }
}
