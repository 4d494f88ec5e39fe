using System.Globalization;
using System.Text;

namespace Sidecars.Common.Status;

/// <summary>A history as a small picture: SVG in the page itself, without style or script, so that a strict policy lets it be.</summary>
internal static class Sparkline
{
    private const int Step = 2;
    private const int Width = (StatusSeries.Capacity - 1) * Step;
    private const int Height = 20;
    private const int Margin = 2;

    /// <summary>Nothing for a history of less than two values; gaps where there was nothing to measure.</summary>
    public static void Write(StringBuilder page, float[] values, string label)
    {
        if (values.Length < 2)
        {
            return;
        }

        var most = values.Where(float.IsFinite).DefaultIfEmpty(0).Max();
        page.Append(CultureInfo.InvariantCulture, $"<svg class=\"spark\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{label}\">");
        page.Append("<path d=\"");
        var isDrawing = false;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                isDrawing = false;
                continue;
            }

            var x = Width - ((values.Length - 1 - i) * Step);
            var y = Height - Margin - (most > 0 ? values[i] / most * (Height - (2 * Margin)) : 0);
            page.Append(CultureInfo.InvariantCulture, $"{(isDrawing ? 'L' : 'M')}{x} {y:0.#}");
            isDrawing = true;
        }

        page.Append("\"/></svg>");
    }
}
