namespace Sidecars.Faults;

/// <summary>What a run showed.</summary>
/// <param name="Case">The case.</param>
/// <param name="Seed">The seed of the run.</param>
internal sealed record FaultReport(string Case, int Seed)
{
    public long Lines { get; init; }

    public long Bytes { get; init; }

    /// <summary>Times at which a batch in flight may have been repeated.</summary>
    public int Interruptions { get; init; }

    public long RepeatedBytes { get; init; }

    /// <summary>What is not as it should be; empty when all is well.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Figures that a case adds.</summary>
    public string Figures { get; init; } = "";

    public override string ToString() =>
        $"{(Problems.Count == 0 ? "ok  " : "FAIL")} {Case} seed {Seed}: {Lines} lines, {Bytes} bytes, {Interruptions} interruptions, {RepeatedBytes} bytes repeated{(Figures.Length > 0 ? "; " + Figures : "")}{string.Concat(Problems.Select(problem => "\n     " + problem))}";
}
