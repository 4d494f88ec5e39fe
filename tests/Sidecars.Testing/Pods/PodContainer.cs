using System.Diagnostics;
using Docker.DotNet.Models;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>How a container of a pod ended.</summary>
public sealed record ContainerEnd(string Name, long ExitCode, TimeSpan Took);

/// <summary>One running container of a pod.</summary>
public sealed class PodContainer
{
    private readonly ContainerEngine _engine;

    internal PodContainer(ContainerEngine engine, string id, V1Container spec, ContainerRole role)
    {
        _engine = engine;
        Id = id;
        Spec = spec;
        Role = role;
    }

    /// <summary>The name that the manifest gives.</summary>
    public string Name => Spec.Name;

    /// <summary>The engine's id.</summary>
    public string Id { get; }

    /// <summary>The manifest's words.</summary>
    public V1Container Spec { get; }

    /// <summary>What it is to its pod.</summary>
    public ContainerRole Role { get; }

    /// <summary>As <c>kubectl exec</c>: runs a command inside and waits for its end.</summary>
    public Task<ExecResult> ExecAsync(params string[] command) => _engine.ExecAsync(Id, command);

    /// <summary>As <c>kubectl logs</c>, with the two streams apart.</summary>
    public Task<(string StandardOutput, string StandardError)> LogsAsync() => _engine.LogsAsync(Id);

    /// <summary>What the engine says about it.</summary>
    public Task<ContainerInspectResponse> InspectAsync() => _engine.InspectAsync(Id);

    /// <summary>Its state and, when it has ended, its exit code.</summary>
    public async Task<State> StateAsync() =>
        (await InspectAsync()).State ?? throw new InvalidOperationException($"the engine does not tell the state of container '{Name}'");

    /// <summary>Whether it runs now.</summary>
    public async Task<bool> IsRunningAsync() => (await StateAsync()).Running;

    /// <summary>Sends a signal to its first process.</summary>
    public Task SignalAsync(string signal) => _engine.KillAsync(Id, signal);

    /// <summary>Waits for the container to end on its own.</summary>
    public Task<long> WaitAsync() => _engine.WaitAsync(Id);

    internal async Task<ContainerEnd> StopAsync(TimeSpan deadline)
    {
        var clock = Stopwatch.StartNew();
        await _engine.StopAsync(Id, deadline);
        return new ContainerEnd(Name, (await StateAsync()).ExitCode, clock.Elapsed);
    }
}
