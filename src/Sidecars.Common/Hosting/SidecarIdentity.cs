namespace Sidecars.Common.Hosting;

/// <summary>Which sidecar this is.</summary>
/// <param name="Name">The executable's name, for example <c>collector</c>; also the name of the file in <c>/etc/sidecars</c>.</param>
/// <param name="Summary">One sentence for <c>--help</c>.</param>
/// <param name="AdminPort">The usual port for probes and metrics.</param>
public sealed record SidecarIdentity(string Name, string Summary, int AdminPort)
{
    internal string DefaultConfigurationFile => $"/etc/sidecars/{Name}.yaml";
}
