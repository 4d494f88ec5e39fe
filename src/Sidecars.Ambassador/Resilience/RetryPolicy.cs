using Sidecars.Ambassador.Options;

namespace Sidecars.Ambassador.Resilience;

/// <summary>What may be sent again, and when. Knows the rules of HTTP, not the state of anything.</summary>
internal sealed class RetryPolicy(RetryOptions options)
{
    private const string IdempotencyKey = "Idempotency-Key";

    private readonly int[] _statuses = [.. options.Statuses];
    private readonly string[] _grpcStatuses = [.. options.GrpcStatuses.Select(s => s.ToString(System.Globalization.CultureInfo.InvariantCulture))];

    public RetryOptions Options => options;

    /// <summary>Whether a request may be sent again when something of it has reached a server.</summary>
    public bool MayRepeat(HttpRequest request, bool isGrpc) =>
        options.Limit > 0 && IsSafe(request, isGrpc);

    /// <summary>Whether it makes no difference how often a request reaches a server.</summary>
    public bool IsSafe(HttpRequest request, bool isGrpc) =>
        IsIdempotent(request.Method) || options.NonIdempotent || (isGrpc && _grpcStatuses.Length > 0) || request.Headers.ContainsKey(IdempotencyKey);

    /// <summary>Whether the answer is one that is tried again. A gRPC call's status is in the head only where there is nothing else to the answer.</summary>
    public bool IsToBeRepeated(HttpResponseMessage response, bool isGrpc)
    {
        if (Array.IndexOf(_statuses, (int)response.StatusCode) >= 0)
        {
            return true;
        }

        return isGrpc && _grpcStatuses.Length > 0
            && response.Headers.TryGetValues("grpc-status", out var values)
            && values.Any(v => Array.IndexOf(_grpcStatuses, v) >= 0);
    }

    private static bool IsIdempotent(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
        || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
