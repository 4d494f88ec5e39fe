using Sidecars.Ambassador.Http;
using Yarp.ReverseProxy.Model;

namespace Sidecars.Ambassador.Discovery;

/// <summary>
/// The step that a request takes where no address of its service is known: it waits a bounded time for the very first answer
/// of the DNS, and is refused where that brings none.
/// </summary>
internal sealed class FirstAddresses(NameDirectory names)
{
    /// <summary>The questions behind a cluster, as far as they are to be waited for.</summary>
    public const string NamesKey = "names";

    public Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        context.GetReverseProxyFeature().AllDestinations.Count > 0 ? next(context) : WaitAsync(context, next);

    /// <summary>Questions as a text that a cluster carries.</summary>
    public static string TextOf(IEnumerable<DnsQuestion> questions) => string.Join(' ', questions.Select(q => (q.IsService ? "srv:" : "") + q.Name));

    private async Task WaitAsync(HttpContext context, RequestDelegate next)
    {
        var cluster = context.GetReverseProxyFeature().Route.Cluster!;
        try
        {
            await names.FirstAnswersAsync(QuestionsOf(cluster), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Features.Get<Exchange>()!.Failure = FailureReason.Canceled;
            return;
        }

        if (cluster.DestinationsState.AllDestinations.Count == 0)
        {
            await FailureResponse.RejectAsync(context, FailureReason.Dns);
            return;
        }

        context.ReassignProxyRequest(cluster);
        await next(context);
    }

    private static IEnumerable<DnsQuestion> QuestionsOf(ClusterState cluster) =>
        (cluster.Model.Config.Metadata?.GetValueOrDefault(NamesKey) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => text.StartsWith("srv:", StringComparison.Ordinal) ? new DnsQuestion(text[4..], true) : new DnsQuestion(text, false));
}
