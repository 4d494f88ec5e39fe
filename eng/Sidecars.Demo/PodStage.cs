using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Demo;

/// <summary>The manifest <c>nginx-all.yaml</c> in real containers, with an HTTP service and a database in pods of their own.</summary>
internal sealed class PodStage : IStage
{
    private readonly OutsideServices _outside;
    private readonly RunningPod _pod;

    private PodStage(OutsideServices outside, RunningPod pod) => (_outside, _pod) = (outside, pod);

    public Uri Nginx => _pod.Address(8080);

    public Uri Collector => _pod.Address(9101);

    public Uri Ambassador => _pod.Address(9102);

    public Uri Adapter => _pod.Address(9100);

    public static async Task<IStage> StartAsync()
    {
        var outside = await Steps.RunAsync("Start what is outside: an HTTP service and a database", OutsideServices.StartAsync);
        try
        {
            var manifest = Manifest.Load(Repository.PathOf("manifests", "nginx-all.yaml"));
            return new PodStage(outside, await Steps.RunAsync("Start the pod manifests/nginx-all.yaml in containers", () => RunningPod.StartAsync(manifest, outside.Settings)));
        }
        catch
        {
            await outside.DisposeAsync();
            throw;
        }
    }

    public string Written() => File.ReadAllText(Path.Combine(_pod.VolumeFolder("shared-logs"), "access.log"));

    public string Kept() => File.ReadAllText(Path.Combine(_pod.VolumeFolder("collector-logs"), "collector.log"));

    public async Task<string> CollectedAsync() =>
        (await _pod["log-collector"].ExecAsync("collector", "cat", "/var/log/collector.log")).StandardOutput;

    public async Task<string> QueryAsync(string statement)
    {
        var result = await _pod.DebugAsync(OutsideServices.DatabaseImage, OutsideServices.Query(statement));
        return result.StandardOutput + result.StandardError;
    }

    public Task<IReadOnlyList<ContainerEnd>> StopAsync() => _pod.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _pod.DisposeAsync();
        await _outside.DisposeAsync();
    }
}
