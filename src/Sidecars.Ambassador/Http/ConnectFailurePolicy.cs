using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Http;

/// <summary>
/// Leaves out an upstream that could not be connected to, so that not every request has to find that out for itself
/// (one that swallows packets costs the whole connect timeout each time).
/// </summary>
internal sealed partial class ConnectFailurePolicy(IDestinationHealthUpdater health, ILogger<ConnectFailurePolicy> logger) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "ConnectFailure";

    /// <summary>After so long it is tried again.</summary>
    private static readonly TimeSpan LeftOutFor = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.Features.Get<IForwarderErrorFeature>() is not { } error || FailureReason.Of(error) is not { NothingWasSent: true } reason)
        {
            return;
        }

        if (destination.Health.Passive != DestinationHealth.Unhealthy)
        {
            LeftOut(logger, cluster.ClusterId, destination.DestinationId, reason.Word, LeftOutFor.TotalSeconds);
        }

        health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, LeftOutFor);
    }

    [LoggerMessage(2102, LogLevel.Warning, "Service {Service} could not connect to upstream {Upstream}: {Reason}; others are preferred for {Seconds} s")]
    private static partial void LeftOut(ILogger logger, string service, string upstream, string reason, double seconds);
}
