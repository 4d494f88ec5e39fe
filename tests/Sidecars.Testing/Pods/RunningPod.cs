using System.Diagnostics;
using System.Text;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>What the surroundings of a pod are, beyond its manifest.</summary>
public sealed record PodSettings
{
    /// <summary>Host names that the pod resolves to these addresses: stand-ins for services elsewhere.</summary>
    public IReadOnlyDictionary<string, string> Hosts { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A pod of real containers, run from its manifest as a kubelet runs it: the init containers in their order, each native
/// sidecar gated by its startup probe, then the main containers; at the end the main containers first, then the sidecars
/// in reverse order, all under one grace period. An infra container owns the network, as the pause container does.
/// </summary>
public sealed class RunningPod : IAsyncDisposable
{
    private static readonly TimeSpan LeastForASidecar = TimeSpan.FromSeconds(2);

    private readonly Manifest _manifest;
    private readonly ContainerEngine _engine;
    private readonly PodVolumes _volumes;
    private readonly List<PodContainer> _containers = [];
    private readonly PodProbes _probes;
    private PodSandbox? _sandbox;

    private RunningPod(Manifest manifest)
    {
        _manifest = manifest;
        _engine = ContainerEngine.Connect();
        _volumes = new PodVolumes(manifest);
        _probes = new PodProbes(Address);
    }

    /// <summary>The containers that were started, in the order of their start.</summary>
    public IReadOnlyList<PodContainer> Containers => _containers;

    /// <summary>The pod's own address, for the containers of other pods on this engine.</summary>
    public string PodAddress => Sandbox.Address;

    private PodSandbox Sandbox => _sandbox ?? throw new InvalidOperationException("the pod is not started");

    /// <summary>A container by its name.</summary>
    public PodContainer this[string name] => _containers.FirstOrDefault(container => container.Name == name)
        ?? throw new InvalidOperationException($"the pod has no container '{name}'; it has: {string.Join(", ", _containers.Select(container => container.Name))}");

    /// <summary>Starts the manifest's pod and returns when it is started and ready; a failure tells every container's output and leaves nothing behind.</summary>
    public static async Task<RunningPod> StartAsync(Manifest manifest, PodSettings? settings = null)
    {
        var pod = new RunningPod(manifest);
        try
        {
            pod._sandbox = await PodSandbox.StartAsync(pod._engine, manifest.Pod, settings ?? new PodSettings());
            await pod.StartContainersAsync();
            await pod.ReadyAsync();
            return pod;
        }
        catch (Exception exception)
        {
            var report = await pod.DescribeAsync();
            await pod.DisposeAsync();
            throw new InvalidOperationException($"pod '{manifest.Pod.Name()}' did not start: {exception.Message}\n{report}", exception);
        }
    }

    /// <summary>Where a port of the pod is reached from this host.</summary>
    public Uri Address(int port) => Sandbox.HostAddress(port);

    /// <summary>The ConfigMap volume of that name, to be updated as the kubelet does.</summary>
    public ConfigMapVolume ConfigMapVolume(string volume) => _volumes.ConfigMap(volume);

    /// <summary>Where a volume of the pod is on this host.</summary>
    public string VolumeFolder(string volume) => _volumes.Folder(volume);

    /// <summary>Waits until every container's readiness probe succeeds.</summary>
    public async Task ReadyAsync()
    {
        foreach (var container in _containers.Where(container => container.Spec.ReadinessProbe is not null))
        {
            await _probes.PassAsync(container, "readiness", container.Spec.ReadinessProbe);
        }
    }

    /// <summary>Asks one probe of one container once.</summary>
    public Task<bool> AskAsync(string container, Func<V1Container, V1Probe> probe) =>
        _probes.AskAsync(this[container], probe(this[container].Spec));

    /// <summary>
    /// As <c>kubectl debug</c>: runs a command in a container of its own in the pod's network and waits for its end; with a
    /// target, it also sees that container's processes.
    /// </summary>
    public async Task<ExecResult> DebugAsync(string image, string[] command, string? target = null)
    {
        var guest = Sandbox.Guest(image, command, processesOf: target is null ? null : this[target].Id);
        var id = await _engine.CreateAsync(_manifest.Pod.Name(), guest);
        try
        {
            await _engine.StartAsync(id);
            var exitCode = await _engine.WaitAsync(id);
            var (standardOutput, standardError) = await _engine.LogsAsync(id);
            return new ExecResult(exitCode, standardOutput, standardError);
        }
        finally
        {
            await _engine.RemoveAsync(id);
        }
    }

    /// <summary>
    /// Stops the pod in the Kubernetes order: all main containers are told at once; when the last has ended, or the grace
    /// period is used up, the sidecars follow one by one from the last to the first, each with what is left, at least 2 s.
    /// </summary>
    public async Task<IReadOnlyList<ContainerEnd>> StopAsync()
    {
        var grace = TimeSpan.FromSeconds(_manifest.Pod.Spec.TerminationGracePeriodSeconds ?? 30);
        var clock = Stopwatch.StartNew();
        var ends = new List<ContainerEnd>();
        ends.AddRange(await Task.WhenAll(_containers.Where(container => container.Role == ContainerRole.Main).Select(container => container.StopAsync(grace))));
        foreach (var sidecar in _containers.Where(container => container.Role == ContainerRole.Sidecar).Reverse())
        {
            var left = grace - clock.Elapsed;
            ends.Add(await sidecar.StopAsync(left > LeastForASidecar ? left : LeastForASidecar));
        }

        return ends;
    }

    /// <summary>Every container's state and output, for a failure's message.</summary>
    public async Task<string> DescribeAsync()
    {
        var text = new StringBuilder();
        foreach (var container in _containers)
        {
            var state = await container.StateAsync();
            var (standardOutput, standardError) = await container.LogsAsync();
            text.Append("--- ").Append(container.Name).Append(": ").Append(state.Status).Append(", exit code ").Append(state.ExitCode).AppendLine()
                .AppendLine(standardOutput).AppendLine(standardError);
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The network's owner goes last; what cannot be removed keeps nothing else from being removed.
        var ids = Enumerable.Reverse(_containers).Select(container => container.Id).Concat(_sandbox is null ? [] : [_sandbox.Id]);
        var failures = new List<Exception>();
        foreach (var id in ids)
        {
            try
            {
                await _engine.RemoveAsync(id);
            }
            catch (Exception exception) when (exception is Docker.DotNet.DockerApiException or HttpRequestException or IOException)
            {
                failures.Add(exception);
            }
        }

        _probes.Dispose();
        _volumes.Dispose();
        _engine.Dispose();
        if (failures.Count > 0)
        {
            throw new AggregateException("containers of the pod are left", failures);
        }
    }

    private async Task StartContainersAsync()
    {
        var environment = new PodEnvironment(_manifest, Sandbox.Address);
        var recipe = new ContainerRecipe(_manifest, _volumes, environment, _engine);
        foreach (var (spec, role) in _manifest.Pod.Spec.WithRoles())
        {
            var id = await _engine.CreateAsync(_manifest.Pod.Name(), await recipe.ForAsync(spec, Sandbox.Id));
            var container = new PodContainer(_engine, id, spec, role);
            _containers.Add(container);
            await _engine.StartAsync(id);
            await GateAsync(container);
        }
    }

    private async Task GateAsync(PodContainer container)
    {
        if (container.Role == ContainerRole.Init && await container.WaitAsync() is not 0 and var code)
        {
            throw new InvalidOperationException($"init container '{container.Name}' ended with exit code {code}");
        }

        if (container.Spec.StartupProbe is { } probe && container.Role == ContainerRole.Sidecar)
        {
            await _probes.PassAsync(container, "startup", probe);
        }
    }
}
