namespace Sidecars.Faults;

/// <summary>How a case is to be run.</summary>
/// <param name="Seed">What decides on everything that is left to chance.</param>
/// <param name="Rounds">How often the fault happens in one run.</param>
/// <param name="Executable">The collector: a name beside this program, or a path.</param>
internal sealed record FaultSettings(int Seed, int Rounds, string Executable = "collector");
