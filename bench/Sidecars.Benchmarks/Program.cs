using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sidecars.Benchmarks;

if (args is ["figures", .. var names])
{
    return await Figures.PrintAsync(names);
}

// in this process: the repository's build rules are not those of the projects that BenchmarkDotNet would generate
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Figures).Assembly).Run(args, config);
return 0;
