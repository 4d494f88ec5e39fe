using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Manifests;

/// <summary>The manifests that the repository ships.</summary>
internal static class Samples
{
    private static readonly string Folder = Path.Combine(Repository.Root, "manifests");

    /// <summary>The names of the sample pods; each is a file, a pod and an overlay.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names => ["nginx-collector", "nginx-ambassador", "nginx-adapter", "nginx-all"];

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name + ".yaml"));

    public static Manifest Native(string name) => Manifest.Parse(Text(name));

    public static string Overlay(string name) => Path.Combine(Folder, "plain", name);

    public static Task<Manifest> PlainAsync(string name) => Kustomize.RenderAsync(Overlay(name));

    /// <summary>The classic pod with the nginx image that does not run as root.</summary>
    public static Task<Manifest> UnprivilegedCollectorAsync() => Kustomize.RenderAsync(Path.Combine(Folder, "unprivileged", "nginx-collector"));

    public static PodMonitor Monitor => Manifest.Parse(Text("podmonitor")).Objects.OfType<PodMonitor>().Single();
}
