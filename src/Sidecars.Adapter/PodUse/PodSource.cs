using Sidecars.Adapter.Options;
using Sidecars.Adapter.Sources;

namespace Sidecars.Adapter.PodUse;

/// <summary>The pod as one more source of a page: read at each scrape, and never waited for longer than a page. A volume that hangs costs only the volumes.</summary>
internal sealed class PodSource
{
    public const string Name = "pod";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PodOptions _options;
    private readonly PodMetrics _series;
    private readonly SourceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CgroupReader _cgroup;
    private readonly ProcessReader _processes;
    private readonly SharedRead<KernelUse> _kernel;
    private readonly SharedRead<IReadOnlyList<VolumeUse>> _volumes;

    public PodSource(PodPlan plan, SourceMetrics metrics, TimeProvider time)
    {
        _options = plan.Options;
        _series = plan.Series;
        _metrics = metrics;
        _time = time;
        _cgroup = new CgroupReader(_options.Cgroup);
        _processes = new ProcessReader(_options.Proc, plan.Others);
        _kernel = new SharedRead<KernelUse>(ReadKernel);
        _volumes = new SharedRead<IReadOnlyList<VolumeUse>>(ReadVolumes);
    }

    /// <summary>What there is now; null for a part that does not come in time. Ends with an exception only when the scrape itself was given up.</summary>
    public async Task<PodAnswer> ReadAsync(TimeSpan? limit, CancellationToken scrape)
    {
        var started = _time.GetTimestamp();
        var timeout = limit < Patience ? limit.Value : Patience;
        var kernel = InTimeAsync(_kernel, timeout, scrape);
        var volumes = _options.Volumes.Count == 0 ? Task.FromResult<IReadOnlyList<VolumeUse>?>([]) : InTimeAsync(_volumes, timeout, scrape);
        var answer = new PodAnswer(await kernel, await volumes);
        _metrics.Duration.WithLabels(Name).Set(_time.GetElapsedTime(started).TotalSeconds);
        return answer;
    }

    /// <summary>Sets the series. Called under the gate of the store of pages.</summary>
    public void Apply(PodAnswer answer)
    {
        var isWhole = answer is { Kernel.Cgroup: not null, Volumes: not null } && answer.Volumes.Count == _options.Volumes.Count;
        if (answer.Kernel is { } kernel)
        {
            _series.Set(kernel);
            Count("missing", kernel.Cgroup is null ? 1 : 0);
        }

        if (answer.Volumes is { } volumes)
        {
            _series.Set(volumes);
            Count("read", _options.Volumes.Count - volumes.Count);
        }

        Count("timeout", (answer.Kernel is null ? 1 : 0) + (answer.Volumes is null ? 1 : 0));
        _metrics.Up.WithLabels(Name).Set(isWhole ? 1 : 0);
    }

    private void Count(string reason, int failures)
    {
        if (failures > 0)
        {
            _metrics.Errors.WithLabels(Name, reason).Inc(failures);
        }
    }

    private async Task<T?> InTimeAsync<T>(SharedRead<T> read, TimeSpan timeout, CancellationToken scrape)
        where T : class
    {
        try
        {
            return await read.RunAsync().WaitAsync(timeout, _time, scrape);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private KernelUse ReadKernel() => new(
        _cgroup.Read(), _options.Network ? NetworkReader.Read(_options.Proc) : [], _options.Processes ? _processes.Read() : []);

    private List<VolumeUse> ReadVolumes()
    {
        var volumes = new List<VolumeUse>();
        foreach (var (name, folder) in _options.Volumes)
        {
            try
            {
                var drive = new DriveInfo(folder);
                volumes.Add(new VolumeUse(name, drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // counted, as it is missing in the answer
            }
        }

        return volumes;
    }
}

/// <summary>What was read at one scrape; null for what did not come in time.</summary>
internal sealed record PodAnswer(KernelUse? Kernel, IReadOnlyList<VolumeUse>? Volumes);

/// <summary>What is read of the pod, and the series that it becomes.</summary>
internal sealed record PodPlan(PodOptions Options, PodMetrics Series, string Others);
