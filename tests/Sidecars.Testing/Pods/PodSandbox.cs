using System.Globalization;
using Docker.DotNet.Models;
using k8s.Models;

namespace Sidecars.Testing.Pods;

/// <summary>The container that holds the pod's network while the others come and go.</summary>
internal sealed class PodSandbox
{
    /// <summary>Small, and there anyway: the stand-ins use it too.</summary>
    private const string Image = "docker.io/library/busybox:1.37";

    private readonly Dictionary<int, int> _hostPorts;

    private PodSandbox(string id, string address, Dictionary<int, int> hostPorts)
    {
        Id = id;
        Address = address;
        _hostPorts = hostPorts;
    }

    public string Id { get; }

    public string Address { get; }

    /// <summary>Starts the infra container; the pod's ports are published on loopback, at numbers that the engine chooses.</summary>
    public static async Task<PodSandbox> StartAsync(ContainerEngine engine, V1Pod pod, PodSettings settings)
    {
        var ports = pod.Spec.Ports().Select(port => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp")).ToArray();
        var aliases = (pod.Spec.HostAliases ?? []).SelectMany(alias => alias.Hostnames.Select(name => $"{name}:{alias.Ip}"));
        var id = await engine.CreateAsync(pod.Name(), new CreateContainerParameters
        {
            Image = Image,
            Hostname = pod.Name(),
            Cmd = ["sleep", "2147483647"],
            ExposedPorts = ports.ToDictionary(port => port, _ => default(EmptyStruct)),
            HostConfig = new HostConfig
            {
                ExtraHosts = [.. aliases, .. settings.Hosts.Select(host => $"{host.Key}:{host.Value}")],
                PortBindings = ports.ToDictionary(
                    port => port, _ => (IList<PortBinding>)[new PortBinding { HostIP = "127.0.0.1", HostPort = "" }]),
            },
        });
        try
        {
            await engine.StartAsync(id);
            var network = (await engine.InspectAsync(id)).NetworkSettings ?? throw new InvalidOperationException("the engine does not tell the pod's network");
            var hostPorts = network.Ports.Where(port => port.Value is { Count: > 0 }).ToDictionary(
                port => int.Parse(port.Key.Split('/')[0], CultureInfo.InvariantCulture),
                port => int.Parse(port.Value[0].HostPort, CultureInfo.InvariantCulture));
            var address = network.Networks.Values.Select(attached => attached.IPAddress).First(ip => !string.IsNullOrEmpty(ip));
            return new PodSandbox(id, address, hostPorts);
        }
        catch
        {
            await engine.RemoveAsync(id);
            throw;
        }
    }

    public Uri HostAddress(int port) => _hostPorts.TryGetValue(port, out var hostPort)
        ? new Uri($"http://127.0.0.1:{hostPort}/")
        : throw new InvalidOperationException($"the pod declares no port {port}; it has: {string.Join(", ", _hostPorts.Keys)}");

    /// <summary>A container that joins the network, and another's processes on request, for one command.</summary>
    public CreateContainerParameters Guest(string image, string[] command, string? processesOf) => new()
    {
        Image = image,
        Entrypoint = [command[0]],
        Cmd = [.. command.Skip(1)],
        HostConfig = new HostConfig { NetworkMode = $"container:{Id}", PidMode = processesOf is null ? "" : $"container:{processesOf}" },
    };
}
