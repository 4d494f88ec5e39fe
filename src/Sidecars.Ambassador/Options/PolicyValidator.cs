using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Options;

/// <summary>Finds what is wrong in how an HTTP service's requests are balanced, repeated, limited and disturbed.</summary>
/// <param name="problems">Gets the mistakes.</param>
/// <param name="key">Where the service's http stands.</param>
internal sealed class PolicyValidator(ProblemList problems, string key)
{
    public void Check(HttpServiceOptions http)
    {
        if (http.Hash.By != HashSource.Source && string.IsNullOrEmpty(http.Hash.Name))
        {
            problems.Add($"{key}.hash.name", "is missing; give the name of the header or cookie that is hashed");
        }

        CheckStatuses(http.Retry, $"{key}.retry");
        CheckFaults(http.Faults, $"{key}.faults");
        CheckHealth(http.HealthCheck, $"{key}.health_check");
        CheckCache(http.Cache, $"{key}.cache");
        CheckBreaker(http.CircuitBreaker, $"{key}.circuit_breaker");

        for (var i = 0; i < http.Routes.Count; i++)
        {
            CheckStatuses(http.Routes[i].Retry, $"{key}.routes[{i}].retry");
            CheckBreaker(http.Routes[i].CircuitBreaker, $"{key}.routes[{i}].circuit_breaker");
            CheckFaults(http.Routes[i].Faults ?? [], $"{key}.routes[{i}].faults");
            CheckCache(http.Routes[i].Cache, $"{key}.routes[{i}].cache");
        }
    }

    private void CheckBreaker(CircuitBreakerOptions? breaker, string at)
    {
        if (breaker is { MaxPending: > 0, MaxRequests: 0 })
        {
            problems.Add($"{at}.max_pending", "bounds a queue that there is none of without max_requests; set that, too");
        }
    }

    private void CheckStatuses(RetryOptions? retry, string at)
    {
        foreach (var status in retry?.Statuses.Where(s => s is < 400 or > 599) ?? [])
        {
            problems.Add($"{at}.statuses", $"{status} is not the status of a failure; only those from 400 to 599 are tried again");
        }

        foreach (var status in retry?.GrpcStatuses.Where(s => s is < 1 or > 16) ?? [])
        {
            problems.Add($"{at}.grpc_statuses", $"{status} is not a gRPC status of a failure; they go from 1 to 16, 14 is UNAVAILABLE");
        }
    }

    private void CheckFaults(List<FaultOptions> faults, string at)
    {
        for (var i = 0; i < faults.Count; i++)
        {
            if (faults[i].Delay == TimeSpan.Zero && faults[i].AbortStatus == 0)
            {
                problems.Add($"{at}[{i}]", "does nothing; give it delay, abort_status or both");
            }

            if (faults[i].AbortStatus is > 0 and < 200)
            {
                problems.Add($"{at}[{i}].abort_status", $"{faults[i].AbortStatus} is not the status of an answer; take one from 200 to 599");
            }

            if (faults[i].HeaderValue is not null && faults[i].Header is null)
            {
                problems.Add($"{at}[{i}].header_value", "is of no header; name it with header");
            }
        }
    }

    private void CheckCache(CacheOptions? cache, string at)
    {
        if (cache is not null && cache.MaxEntry > cache.MaxBytes)
        {
            problems.Add($"{at}.max_entry", $"{cache.MaxEntry} is more than the whole cache may hold; keep it below max_bytes ({cache.MaxBytes})");
        }
    }

    private void CheckHealth(HealthCheckOptions? health, string at)
    {
        // a missing path is told by the binder
        if (health is { Path.Length: > 0 } && !health.Path.StartsWith('/'))
        {
            problems.Add($"{at}.path", $"'{health.Path}' is not a path; it begins with '/'");
        }
    }
}
