using System.Diagnostics;

namespace Sidecars.Testing;

/// <summary>
/// The strict OpenMetrics parser of Prometheus' own Python client (Debian package <c>python3-prometheus-client</c>): it refuses torn
/// families, missing <c>_total</c>, decreasing buckets, long exemplars and a missing <c># EOF</c>. Series that occur twice it lets pass;
/// those are looked for here.
/// </summary>
public static class OpenMetricsParser
{
    private const string Program = """
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        seen = set()
        for family in text_string_to_metric_families(sys.stdin.buffer.read().decode("utf-8")):
            for sample in family.samples:
                key = (sample.name, tuple(sorted(sample.labels.items())))
                if key in seen:
                    raise ValueError("twice: " + str(key))
                seen.add(key)
                exemplar = "" if sample.exemplar is None else " # " + str(sample.exemplar.labels) + " " + str(float(sample.exemplar.value))
                print(family.type, family.unit, sample.name, dict(sorted(sample.labels.items())), float(sample.value), exemplar)
        """;

    /// <summary>Parses a page; returns one line for each sample: type, unit, name, labels, value and exemplar. A page that is refused is an exception.</summary>
    public static async Task<IReadOnlyList<string>> ParseAsync(string page)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("python3 was not started");
        var output = python.StandardOutput.ReadToEndAsync();
        var error = python.StandardError.ReadToEndAsync();
        await python.StandardInput.WriteAsync(page);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        return python.ExitCode == 0
            ? [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd())]
            : throw new FormatException($"{await error}\n{page}");
    }
}
