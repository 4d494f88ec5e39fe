using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Tests.Rules;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Options;

/// <summary>Lines as the documentation of the Java virtual machine's unified logging and its collectors' own show them.</summary>
public class JavaGcTests
{
    [Fact]
    public void Lines_OfSeveralCollectors_PausesByCauseAndHeap()
    {
        var plan = RulesTests.Compile("""{ "inputs": { "gc": { "preset": "java_gc" } } }""");
        var unreadable = 0L;
        foreach (var line in (string[])
        [
            "[0.008s][info][gc] Using G1",
            "[0.231s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 3.014ms",
            "[2021-03-09T16:58:39.130+0000][info][gc     ] GC(1) Pause Young (Concurrent Start) (G1 Humongous Allocation) 13M->13M(256M) 1.5ms",
            "[0.300s][info][gc] GC(2) Concurrent Mark Cycle",
            "[0.302s][info][gc] GC(2) Pause Remark 14M->12M(256M) 0.900ms",
            "[0.303s][info][gc] GC(2) Pause Cleanup 14M->14M(256M) 0.1ms",
            "[0.303s][info][gc] GC(2) Concurrent Mark Cycle 2.5ms",
            "[1.1s][info][gc] GC(3) Pause Young (Allocation Failure) 65M->6M(247M) 6.0ms",
            "[1.2s][info][gc] GC(4) Pause Full (System.gc()) 5M->1M(8M) 2000.000ms",
            "[1.3s][info][gc] GC(5) Pause Init Mark 0.2ms",
            "",
        ])
        {
            Assert.True(plan.Logs[0].Rules.Apply(Encoding.UTF8.GetBytes(line), ref unreadable).IsMatch, line);
        }

        using var buffer = new ExpositionBuffer();
        plan.LogSeries.Write(buffer);
        var page = MetricsText.Parse(Encoding.UTF8.GetString(buffer.Written));
        Assert.Equal(0, unreadable);
        Assert.Equal(7, page.Sum("jvm_gc_pause_seconds_count"));
        Assert.Equal(1, page.Value("jvm_gc_pause_seconds_count", ("kind", "Young"), ("cause", "G1 Evacuation Pause")));
        Assert.Equal(1, page.Value("jvm_gc_pause_seconds_count", ("kind", "Young"), ("cause", "G1 Humongous Allocation")));
        Assert.Equal(1, page.Value("jvm_gc_pause_seconds_count", ("kind", "Young"), ("cause", "Allocation Failure")));
        Assert.Equal(2, page.Value("jvm_gc_pause_seconds_sum", ("kind", "Full"), ("cause", "System.gc()")));
        Assert.Equal(1, page.Value("jvm_gc_pause_seconds_count", ("kind", "Init Mark"), ("cause", "")));
        Assert.Equal(1024 * 1024, page.Value("jvm_gc_heap_after_bytes"));
        Assert.Equal(8 * 1024 * 1024, page.Value("jvm_gc_heap_size_bytes"));
    }
}
