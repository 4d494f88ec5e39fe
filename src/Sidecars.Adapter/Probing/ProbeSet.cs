using System.Collections.Concurrent;
using System.Net.Sockets;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Adapter.Sources;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Probing;

/// <summary>
/// Probes targets that the scraper names, if the configuration allows them. So many are asked at a time; a bounded number waits.
/// Redirects are not followed: a target cannot lead to one that is not allowed.
/// </summary>
internal sealed class ProbeSet(ProbeMetrics metrics, TimeProvider time, ILogger<ProbeSet> log) : IDisposable
{
    private const int WaitingForOne = 20;

    private readonly PageClient _client = new(time);
    private volatile Active? _active;

    /// <summary>Puts a configuration in force; probes that run go on with theirs.</summary>
    public void Apply(AdapterOptions options) => _active = options.Probe is not { } probe ? null : new Active(
        [.. probe.Targets.Select(Pattern)],
        probe.Modules.ToDictionary(entry => entry.Key, entry => new Module(entry.Key, InputPresets.OfModule(entry.Value), options.Limits)),
        new SemaphoreSlim(probe.Concurrency),
        probe.Concurrency * WaitingForOne);

    /// <summary>What a request asks for, or why it is refused.</summary>
    public ProbeRequest Find(string? target, string? module)
    {
        if (_active is not { } active)
        {
            return Refuse(StatusCodes.Status404NotFound, "off", "nothing is probed; probe: of the configuration says what may be");
        }

        if (Uri(target) is not { } address)
        {
            return Refuse(StatusCodes.Status400BadRequest, "target", $"'{target}' is not an address; ask for /probe?target=http://host:port/path&module=NAME");
        }

        var known = string.Join(", ", active.Modules.Keys);
        if (string.IsNullOrEmpty(module) && active.Modules.Count == 1)
        {
            module = known;
        }

        if (module is null || !active.Modules.TryGetValue(module, out var found))
        {
            return Refuse(StatusCodes.Status400BadRequest, "module", $"there is no module '{module}'; modules: {known}");
        }

        return active.Targets.Any(pattern => pattern.Matches(address))
            ? new ProbeRequest(new Allowed(active, found, address), 0, "")
            : Refuse(StatusCodes.Status403Forbidden, "forbidden", $"the target '{target}' is not among those that probe.targets of the configuration allows");
    }

    /// <summary>Asks the target and writes its series. Ends in time for the scraper, whatever the target does.</summary>
    /// <returns>Whether there was a turn for it.</returns>
    public async Task<bool> RunAsync(Allowed probe, ExpositionBuffer output, MetricsRequest request, CancellationToken scrape)
    {
        var (active, module, address) = probe;
        var timeout = ScrapeDeadline.Of(request.Timeout) is { } limit && limit < module.Input.Timeout ? limit : module.Input.Timeout;
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(scrape, deadline.Token);
        if (!await active.TakeTurnAsync(either.Token))
        {
            scrape.ThrowIfCancellationRequested();
            metrics.Refused.WithLabels("busy").Inc();
            return false;
        }

        try
        {
            var answer = await AskAsync(address, timeout, either.Token, scrape);
            Conclude(module, output, answer, time.GetElapsedTime(started).TotalSeconds, request.Format);
            return true;
        }
        finally
        {
            active.Turns.Release();
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<PageAnswer> AskAsync(Uri address, TimeSpan timeout, CancellationToken either, CancellationToken scrape)
    {
        try
        {
            return await _client.GetAsync(new PageAddress(PageProtocol.Http, address), either);
        }
        catch (OperationCanceledException) when (!scrape.IsCancellationRequested)
        {
            return new PageAnswer(default, "timeout", $"no answer within {timeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return new PageAnswer(default, e.InnerException is SocketException ? "connect" : "protocol", e.Message);
        }
    }

    private void Conclude(Module module, ExpositionBuffer output, PageAnswer answer, double seconds, MetricsFormat format)
    {
        var rules = module.Rent();
        answer = rules.Write(output, answer, seconds, format);
        if (rules.TakeDemotion() is { } demotion)
        {
            log.RegexDemoted(module.Name, demotion);
        }

        module.Return(rules);
        metrics.Probes.WithLabels(module.Name, answer.Failure ?? "success").Inc();
    }

    private ProbeRequest Refuse(int status, string reason, string answer)
    {
        metrics.Refused.WithLabels(reason).Inc();
        return new ProbeRequest(null, status, answer);
    }

    private static TargetPattern Pattern(string text) =>
        TargetPattern.TryParse(text, out var pattern, out var mistake) ? pattern : throw new InvalidOperationException($"'{text}' was not validated: {mistake}");

    /// <summary>As exporters that probe have it, a target without a scheme is one of HTTP.</summary>
    private static Uri? Uri(string? target)
    {
        var text = target?.Contains("://", StringComparison.Ordinal) == false ? "http://" + target : target;
        return System.Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 ? uri : null;
    }

    /// <summary>A configuration in force.</summary>
    internal sealed record Active(IReadOnlyList<TargetPattern> Targets, IReadOnlyDictionary<string, Module> Modules, SemaphoreSlim Turns, int MostWaiting)
    {
        private int _waiting;

        /// <summary>Waits for a turn; false when too many do, or until the deadline.</summary>
        public async Task<bool> TakeTurnAsync(CancellationToken deadline)
        {
            try
            {
                if (Interlocked.Increment(ref _waiting) > MostWaiting)
                {
                    return false;
                }

                await Turns.WaitAsync(deadline);
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
    }

    /// <summary>A module, compiled as often as it is used at a time; no more than there are turns.</summary>
    internal sealed class Module(string name, InputOptions input, LimitsOptions limits)
    {
        private readonly ConcurrentBag<ProbeModule> _free = [];

        public string Name { get; } = name;

        public InputOptions Input { get; } = input;

        public ProbeModule Rent() => _free.TryTake(out var module) ? module : PlanCompiler.CompileModule(Name, Input, limits);

        public void Return(ProbeModule module) => _free.Add(module);
    }

    /// <summary>A probe that may be made.</summary>
    internal sealed record Allowed(Active Active, Module Module, Uri Address);
}

/// <summary>A probe that may be made; or the status and the words with which it is refused.</summary>
internal readonly record struct ProbeRequest(ProbeSet.Allowed? Probe, int Status, string Answer);
