using Microsoft.AspNetCore.Routing.Matching;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Http;

/// <summary>Lets a route match only requests that came in on its own service's listener. Other route conditions apply after it.</summary>
internal sealed class ListenerMatcherPolicy : MatcherPolicy, INodeBuilderPolicy
{
    /// <summary>The key in a route's metadata that names its service.</summary>
    public const string ServiceKey = "service";

    private static readonly object NoService = new();

    /// <inheritdoc/>
    public override int Order => int.MinValue + 100;

    /// <inheritdoc/>
    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(e => ServiceOf(e) is not null);

    /// <inheritdoc/>
    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints) =>
        [.. endpoints.GroupBy(e => (object?)ServiceOf(e) ?? NoService).Select(g => new PolicyNodeEdge(g.Key, [.. g]))];

    /// <inheritdoc/>
    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges) =>
        new ByListener(exitDestination, edges.Where(e => e.State is string).ToDictionary(e => (string)e.State, e => e.Destination, StringComparer.OrdinalIgnoreCase));

    private static string? ServiceOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RouteModel>()?.Config.Metadata?.GetValueOrDefault(ServiceKey);

    private sealed class ByListener(int exit, Dictionary<string, int> destinations) : PolicyJumpTable
    {
        public override int GetDestination(HttpContext httpContext) =>
            httpContext.Features.Get<ServiceListener>()?.Service is { } service && destinations.TryGetValue(service.Name, out var destination) ? destination : exit;
    }
}
