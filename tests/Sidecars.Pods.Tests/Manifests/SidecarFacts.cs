namespace Sidecars.Pods.Tests.Manifests;

/// <summary>What a sidecar's container must be in every manifest.</summary>
internal sealed record SidecarFacts(string Container, string Image, int AdminPort)
{
    public static readonly SidecarFacts[] All =
    [
        new("log-collector", "sidecars/collector", 9101),
        new("ambassador", "sidecars/ambassador", 9102),
        new("adapter", "sidecars/adapter", 9100),
    ];

    /// <summary>The sidecar of that container name; null for the application's own.</summary>
    public static SidecarFacts? Find(string container) => Array.Find(All, sidecar => sidecar.Container == container);
}
