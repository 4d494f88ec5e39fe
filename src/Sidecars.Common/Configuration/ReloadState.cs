namespace Sidecars.Common.Configuration;

/// <summary>How the last reload went.</summary>
/// <param name="InForceSince">When the configuration in force was read.</param>
/// <param name="Problems">The mistakes of the configuration last read; empty where that is the one in force.</param>
internal sealed record ReloadState(DateTimeOffset InForceSince, IReadOnlyList<Problem> Problems)
{
    /// <summary>The mistakes as text.</summary>
    /// <param name="inFull">
    /// Else only where they are: a message may quote the value, and who may reach a port is not who may read the file.
    /// </param>
    public IReadOnlyList<string> Describe(bool inFull) =>
        [.. Problems.Select(problem => (inFull ? problem : problem with { Message = "a mistake; the log says which" }).ToString())];
}
