using System.Net.Sockets;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>Asks a container's probes as the kubelet does, over the pod's address or inside the container.</summary>
internal sealed class PodProbes : IDisposable
{
    private readonly Func<int, Uri> _address;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };

    public PodProbes(Func<int, Uri> address) => _address = address;

    /// <summary>One look: an answer from 200 to 399, or exit code 0.</summary>
    public async Task<bool> AskAsync(PodContainer container, V1Probe probe)
    {
        if (probe.Exec is { } exec)
        {
            return (await container.ExecAsync([.. exec.Command])).ExitCode == 0;
        }

        if (probe.TcpSocket is { } socket)
        {
            var target = _address(container.Spec.PortNumber(socket.Port));
            using var connection = new TcpClient();
            await connection.ConnectAsync(target.Host, target.Port);
            return true;
        }

        if (probe.HttpGet is not { } get)
        {
            throw new NotSupportedException($"container '{container.Name}': only httpGet, tcpSocket and exec probes are played");
        }

        var address = new Uri(_address(container.Spec.PortNumber(get.Port)), get.Path ?? "/");
        using var response = await _client.GetAsync(address);
        return (int)response.StatusCode is >= 200 and < 400;
    }

    /// <summary>
    /// Waits for the probe to succeed, for as long as the kubelet would, but asks more often than it; a container that ends
    /// meanwhile is an exception at once.
    /// </summary>
    public async Task PassAsync(PodContainer container, string kind, V1Probe probe)
    {
        var deadline = TimeSpan.FromSeconds((probe.InitialDelaySeconds ?? 0) + ((probe.PeriodSeconds ?? 10) * (probe.FailureThreshold ?? 3)));
        var ended = false;
        await Eventually.True(
            async () => (ended = !await container.IsRunningAsync()) || await AskAsync(container, probe),
            deadline,
            what: $"the {kind} probe of container '{container.Name}'");
        if (ended)
        {
            throw new InvalidOperationException($"container '{container.Name}' ended before its {kind} probe succeeded");
        }
    }

    public void Dispose() => _client.Dispose();
}
