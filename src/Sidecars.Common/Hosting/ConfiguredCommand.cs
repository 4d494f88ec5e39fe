using System.CommandLine;

namespace Sidecars.Common.Hosting;

/// <summary>A verb that works on the checked configuration; where the configuration is wrong, its mistakes are reported instead.</summary>
/// <typeparam name="TOptions">The root of the sidecar's configuration.</typeparam>
/// <param name="Command">Name, help, options and arguments; it gets its action from the host.</param>
/// <param name="Run">What it does; returns the exit code.</param>
public sealed record ConfiguredCommand<TOptions>(Command Command, Func<TOptions, ParseResult, CancellationToken, Task<int>> Run)
    where TOptions : SidecarOptions, new();
