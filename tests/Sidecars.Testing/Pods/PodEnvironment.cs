using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>What a container finds in its environment, and the <c>$(NAME)</c> references to it in its command.</summary>
internal sealed partial class PodEnvironment(Manifest manifest, string podAddress)
{
    /// <summary>The container's variables in their order; a source that is not played is an exception, never a silent gap.</summary>
    public IReadOnlyDictionary<string, string> Variables(V1Container container)
    {
        if (container.EnvFrom is { Count: > 0 })
        {
            throw new NotSupportedException($"container '{container.Name}': envFrom is not played");
        }

        var variables = new Dictionary<string, string>();
        foreach (var variable in container.Env ?? [])
        {
            variables[variable.Name] = variable.ValueFrom is null
                ? Expand(variable.Value ?? "", variables)
                : FromSource(container, variable);
        }

        return variables;
    }

    /// <summary>Replaces <c>$(NAME)</c>; an unknown name stays as it is, as in Kubernetes, and <c>$$</c> is a dollar.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables) => Reference().Replace(text, match =>
        match.Value == "$$" ? "$" : variables.GetValueOrDefault(match.Groups[1].Value, match.Value));

    private string FromSource(V1Container container, V1EnvVar variable) => variable.ValueFrom switch
    {
        { FieldRef.FieldPath: var path } => Field(path),
        { ConfigMapKeyRef: { } reference } => manifest.ConfigMap(reference.Name).Data[reference.Key],
        { ResourceFieldRef.Resource: var resource } => Limit(container, resource),
        _ => throw new NotSupportedException($"container '{container.Name}', variable {variable.Name}: this source is not played"),
    };

    private string Field(string path) => path switch
    {
        "metadata.name" => manifest.Pod.Name(),
        "metadata.namespace" => manifest.Pod.Namespace() ?? "default",
        "metadata.uid" => manifest.Pod.Uid() ?? "00000000-0000-4000-8000-000000000000",
        "spec.nodeName" => "test-node",
        "spec.serviceAccountName" => manifest.Pod.Spec.ServiceAccountName ?? "default",
        "status.podIP" => podAddress,
        "status.hostIP" => "127.0.0.1",
        _ when Keyed().Match(path) is { Success: true } match => Keyed(match.Groups[1].Value, match.Groups[2].Value),
        _ => throw new NotSupportedException($"the field {path} is not played"),
    };

    private string Keyed(string of, string key) =>
        (of == "labels" ? manifest.Pod.Labels() : manifest.Pod.Annotations())?.TryGetValue(key, out var value) == true ? value : "";

    private static string Limit(V1Container container, string resource)
    {
        var limit = resource is "limits.memory" or "limits.cpu" && container.Resources?.Limits is { } limits
            && limits.TryGetValue(resource["limits.".Length..], out var quantity)
                ? quantity
                : throw new NotSupportedException($"container '{container.Name}': the resource {resource} is not played");

        return Math.Ceiling(limit.ToDecimal()).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^metadata\.(labels|annotations)\['([^']+)'\]$")]
    private static partial Regex Keyed();
}
