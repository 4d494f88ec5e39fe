using System.Globalization;

namespace Sidecars.Common.Configuration;

/// <summary>Paths such as <c>services[0].http.upstreams[1]</c>.</summary>
internal static class KeyPath
{
    /// <summary>One step down: a key or an index.</summary>
    public readonly record struct Segment(string? Key, int? Index);

    public static IEnumerable<Segment> Split(string path)
    {
        foreach (var part in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var bracket = part.IndexOf('[', StringComparison.Ordinal);
            if (bracket != 0)
            {
                yield return new Segment(bracket < 0 ? part : part[..bracket], null);
            }

            while (bracket >= 0)
            {
                var close = part.IndexOf(']', bracket);
                yield return new Segment(null, int.Parse(part.AsSpan(bracket + 1, close - bracket - 1), CultureInfo.InvariantCulture));
                bracket = part.IndexOf('[', close);
            }
        }
    }

    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    public static string Join(string path, int index) => $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]";
}
