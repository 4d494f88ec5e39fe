namespace Sidecars.Adapter.Options;

/// <summary>What presets of logs stand for.</summary>
internal static class LogPresets
{
    private const double Mebibyte = 1024 * 1024;

    // a line that tells of no pause has none of the fields, and so counts nowhere
    private const string Pause =
        @"regex: ^.*?(?:GC\(\d+\) Pause (?<kind>[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
        + @"(?: \((?:Normal|Mixed|Prepare Mixed|Concurrent Start|Concurrent End)\))?(?: \((?<cause>.+?)\))?"
        + @" (?:\d+M->(?<after>\d+)M\((?<heap>\d+)M\) )?(?<ms>\d+\.\d+)ms|$)";

    /// <summary>The Java virtual machine's unified log, as <c>-Xlog:gc</c> writes it (JEP 158 and 271).</summary>
    public static InputOptions JavaGc() => new()
    {
        Tail = "/var/log/java/gc.log",
        Parse = Pause,
        Metrics =
        [
            new()
            {
                Histogram = "jvm_gc_pause_seconds",
                Value = "ms",
                Scale = .001,
                Labels = [new LabelOptions("kind", "kind"), new LabelOptions("cause", "cause")],
                Buckets = [.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5],
                Help = "Time for which the garbage collector stopped the application.",
            },
            new() { Gauge = "jvm_gc_heap_after_bytes", Value = "after", Scale = Mebibyte, Help = "Heap in use after the last pause." },
            new() { Gauge = "jvm_gc_heap_size_bytes", Value = "heap", Scale = Mebibyte, Help = "Size of the heap at the last pause." },
        ],
    };
}
