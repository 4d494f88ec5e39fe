using System.Formats.Tar;
using Docker.DotNet;
using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;

namespace Sidecars.Testing.Pods;

/// <summary>What a command inside a container said.</summary>
public sealed record ExecResult(long ExitCode, string StandardOutput, string StandardError);

/// <summary>
/// The machine's container engine, podman's or Docker's, found as Testcontainers finds it (DOCKER_HOST, a Docker context, the
/// usual sockets). The pods talk to its API directly, below Testcontainers' containers: a kubelet chooses each stop's
/// deadline and waits for containers that end on their own, and that is what those hide.
/// </summary>
public sealed class ContainerEngine : IDisposable
{
    private const string PodLabel = "sidecars.pod";

    private static readonly TimeSpan ExecDeadline = TimeSpan.FromSeconds(10);

    private readonly DockerClient _client;

    private ContainerEngine(DockerClient client) => _client = client;

    /// <summary>Connects to the engine.</summary>
    public static ContainerEngine Connect()
    {
        var endpoint = TestcontainersSettings.OS.DockerEndpointAuthConfig
            ?? throw new InvalidOperationException("no container engine: start one, or run `eval \"$(eng/containers.sh env)\"` after `eng/containers.sh start`");
        return new ContainerEngine((DockerClient)endpoint.GetDockerClientBuilder(Guid.NewGuid()).Build());
    }

    /// <summary>Whether an engine answers.</summary>
    public static async Task<bool> IsAvailableAsync()
    {
        try
        {
            using var engine = Connect();
            await engine._client.System.PingAsync();
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException or TimeoutException or DockerApiException)
        {
            return false;
        }
    }

    /// <summary>The ids of all containers of the pod, running or not.</summary>
    public async Task<IReadOnlyList<string>> ContainersOfAsync(string pod) =>
        [.. (await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true }))
            .Where(container => container.Labels.TryGetValue(PodLabel, out var owner) && owner == pod).Select(container => container.ID)];

    /// <summary>What the engine knows of an image.</summary>
    public Task<ImageInspectResponse> InspectImageAsync(string image) => _client.Images.InspectImageAsync(image);

    /// <summary>The whole file system of an image.</summary>
    public async Task<IReadOnlyList<TarEntry>> FilesOfImageAsync(string image)
    {
        var id = await CreateAsync("", new CreateContainerParameters { Image = image });
        try
        {
            await using var stream = await _client.Containers.ExportContainerAsync(id);
            await using var reader = new TarReader(stream);
            var entries = new List<TarEntry>();
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                entries.Add(entry);
            }

            return entries;
        }
        finally
        {
            await RemoveAsync(id);
        }
    }

    internal async Task<string> CreateAsync(string pod, CreateContainerParameters parameters)
    {
        parameters.Labels = new Dictionary<string, string> { [PodLabel] = pod };
        return (await _client.Containers.CreateContainerAsync(parameters)).ID;
    }

    internal Task StartAsync(string id) => _client.Containers.StartContainerAsync(id, new ContainerStartParameters());

    internal Task<ContainerInspectResponse> InspectAsync(string id) => _client.Containers.InspectContainerAsync(id);

    internal async Task<string> ImageUserAsync(string image) => (await InspectImageAsync(image)).Config?.User ?? "";

    /// <summary>Sends the stop signal, waits that long, then kills.</summary>
    internal Task StopAsync(string id, TimeSpan deadline) => _client.Containers.StopContainerAsync(
        id, new ContainerStopParameters { WaitBeforeKillSeconds = (uint)Math.Ceiling(deadline.TotalSeconds) });

    internal Task KillAsync(string id, string signal) =>
        _client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal });

    internal async Task<long> WaitAsync(string id) => (await _client.Containers.WaitContainerAsync(id)).StatusCode;

    internal async Task<(string StandardOutput, string StandardError)> LogsAsync(string id)
    {
        using var stream = await _client.Containers.GetContainerLogsAsync(
            id, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true });
        return await stream.ReadOutputToEndAsync(CancellationToken.None);
    }

    internal async Task<ExecResult> ExecAsync(string id, IList<string> command)
    {
        var exec = await _client.Exec.CreateContainerExecAsync(
            id, new ContainerExecCreateParameters { AttachStdout = true, AttachStderr = true, Cmd = command });
        // Now and then an engine loses the end of the output of a command that ended at once: then it is asked no longer.
        using var deadline = new CancellationTokenSource(ExecDeadline);
        using var stream = await _client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), deadline.Token);
        var (standardOutput, standardError) = await stream.ReadOutputToEndAsync(deadline.Token);
        var ended = await _client.Exec.InspectContainerExecAsync(exec.ID);
        return new ExecResult(ended.ExitCode ?? -1, standardOutput, standardError);
    }

    internal async Task RemoveAsync(string id)
    {
        try
        {
            await _client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true });
        }
        catch (DockerContainerNotFoundException)
        {
            // gone already is as good
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
