using Sidecars.Adapter.Sources;

namespace Sidecars.Adapter.Tests.Sources;

public sealed class SharedReadTests
{
    [Fact]
    public async Task Run_WhileOneHangs_ShareIt_AndTheNextReadsAnew()
    {
        using var gate = new ManualResetEventSlim();
        var reads = 0;
        var read = new SharedRead<int>(() =>
        {
            gate.Wait();
            return Interlocked.Increment(ref reads);
        });

        var (first, second) = (read.RunAsync(), read.RunAsync());
        gate.Set();

        Assert.Equal((1, 1), (await first, await second));
        Assert.Equal(2, await read.RunAsync());
    }
}
