using Docker.DotNet.Models;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>Turns a container of the manifest into the engine's terms; what cannot be turned is an exception.</summary>
internal sealed class ContainerRecipe(Manifest manifest, PodVolumes volumes, PodEnvironment environment, ContainerEngine engine)
{
    private V1PodSecurityContext PodSecurity => manifest.Pod.Spec.SecurityContext ?? new V1PodSecurityContext();

    /// <summary>The container's parameters, in the network of the pod's infra container.</summary>
    public async Task<CreateContainerParameters> ForAsync(V1Container container, string infraId)
    {
        if (container.Lifecycle is not null)
        {
            throw new NotSupportedException($"container '{container.Name}': lifecycle hooks are not played");
        }

        await RefuseRootAsync(container);
        var variables = environment.Variables(container);
        return new CreateContainerParameters
        {
            Image = container.Image,
            Entrypoint = Expand(container.Command, variables),
            Cmd = Expand(container.Args, variables),
            Env = [.. variables.Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDir = container.WorkingDir,
            User = User(container) ?? "",
            HostConfig = Host(container, infraId),
        };
    }

    /// <summary>Null, the image's own, where the manifest says nothing.</summary>
    private static List<string> Expand(IList<string>? words, IReadOnlyDictionary<string, string> variables) =>
        words is { Count: > 0 } ? [.. words.Select(word => PodEnvironment.Expand(word, variables))] : null!;

    private HostConfig Host(V1Container container, string infraId)
    {
        var security = container.SecurityContext;
        return new HostConfig
        {
            NetworkMode = $"container:{infraId}",
            Binds = volumes.Binds(container),
            ReadonlyRootfs = security?.ReadOnlyRootFilesystem == true,
            CapDrop = security?.Capabilities?.Drop ?? [],
            CapAdd = security?.Capabilities?.Add ?? [],
            SecurityOpt = security?.AllowPrivilegeEscalation == false ? ["no-new-privileges"] : [],
            GroupAdd = [.. (PodSecurity.SupplementalGroups ?? []).Concat(PodSecurity.FsGroup is { } group ? [group] : []).Select(id => $"{id}")],
            Memory = (long)Limit(container, "memory"),
            NanoCPUs = (long)(Limit(container, "cpu") * 1_000_000_000),
        };
    }

    private string? User(V1Container container)
    {
        var user = container.SecurityContext?.RunAsUser ?? PodSecurity.RunAsUser;
        var group = container.SecurityContext?.RunAsGroup ?? PodSecurity.RunAsGroup;
        return (user, group) switch
        {
            (null, null) => null,
            (null, _) => throw new NotSupportedException($"container '{container.Name}': runAsGroup without runAsUser is not played"),
            _ => group is null ? $"{user}" : $"{user}:{group}",
        };
    }

    /// <summary>As the kubelet: with runAsNonRoot the user must be a number other than 0, the image's when the pod names none.</summary>
    private async Task RefuseRootAsync(V1Container container)
    {
        var demanded = container.SecurityContext?.RunAsNonRoot ?? PodSecurity.RunAsNonRoot;
        if (demanded != true)
        {
            return;
        }

        var user = (User(container) ?? await engine.ImageUserAsync(container.Image)).Split(':')[0];
        if (!long.TryParse(user, out var number) || number == 0)
        {
            throw new InvalidOperationException($"container '{container.Name}' has runAsNonRoot, and the user of image {container.Image} is '{user}'");
        }
    }

    private static decimal Limit(V1Container container, string resource) =>
        container.Resources?.Limits is { } limits && limits.TryGetValue(resource, out var quantity) ? quantity.ToDecimal() : 0;
}
