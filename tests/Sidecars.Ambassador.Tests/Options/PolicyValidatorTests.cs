using Sidecars.Ambassador.Options;
using Sidecars.Common.Configuration;

namespace Sidecars.Ambassador.Tests.Options;

public sealed class PolicyValidatorTests
{
    [Fact]
    public void Policies_ThatAreRight_HaveNoProblems() => Assert.Empty(Check(new HttpServiceOptions
    {
        Hash = new HashOptions { By = HashSource.Cookie, Name = "session" },
        Retry = new RetryOptions { Statuses = [502, 503], GrpcStatuses = [14] },
        HealthCheck = new HealthCheckOptions { Path = "/healthz" },
        CircuitBreaker = new CircuitBreakerOptions { MaxRequests = 10, MaxPending = 5 },
        Faults = [new FaultOptions { Header = "X-Fault", HeaderValue = "1", AbortStatus = 503 }],
        Routes = [new HttpRouteOptions { Name = "a", Match = new RouteMatchOptions { Path = "/items/{id}/{**rest}" }, Transforms = new TransformOptions { PathSet = "/x/{id}" } }],
    }));

    [Fact]
    public void Mistakes_AreToldAtTheirPlaces()
    {
        var problems = Check(new HttpServiceOptions
        {
            Hash = new HashOptions { By = HashSource.Header },
            Retry = new RetryOptions { Statuses = [200], GrpcStatuses = [0] },
            HealthCheck = new HealthCheckOptions { Path = "healthz" },
            CircuitBreaker = new CircuitBreakerOptions { MaxPending = 5 },
            Cache = new CacheOptions { MaxBytes = ByteSize.KiB(64), MaxEntry = ByteSize.KiB(65) },
            Faults = [new FaultOptions(), new FaultOptions { HeaderValue = "1", AbortStatus = 100 }],
        });

        Assert.Equal(
            [
                "http.hash.name", "http.retry.statuses", "http.retry.grpc_statuses", "http.faults[0]", "http.faults[1].abort_status",
                "http.faults[1].header_value", "http.health_check.path", "http.cache.max_entry", "http.circuit_breaker.max_pending",
            ],
            problems.Select(p => p.KeyPath));
    }

    [Fact]
    public void RouteMistakes_AreToldAtTheirPlaces()
    {
        var problems = Check(new HttpServiceOptions
        {
            Routes =
            [
                new HttpRouteOptions { Name = "a b", Match = new RouteMatchOptions { Path = "/x", PathPrefix = "/y", Hosts = ["http://x"] } },
                new HttpRouteOptions { Name = "b", Match = new RouteMatchOptions { Path = "/{id", Headers = [new FieldMatchOptions { Name = "X", Mode = FieldMatchMode.Exact }] } },
                new HttpRouteOptions { Name = "B", Transforms = new TransformOptions { PathSet = "/x", PathAddPrefix = "y", RequestHeaders = new HeaderTransformOptions { Set = { ["a b"] = "x" } } } },
                new HttpRouteOptions { Name = "c", Match = new RouteMatchOptions { Query = [new FieldMatchOptions { Name = "q", Mode = FieldMatchMode.NotExists }] }, Retry = new RetryOptions { Statuses = [99] } },
            ],
        });

        Assert.Equal(
            [
                "http.routes[0].name", "http.routes[0].match.path_prefix", "http.routes[0].match.hosts[0]", "http.routes[1].match.path",
                "http.routes[1].match.headers[0].values", "http.routes[2].name", "http.routes[2].transforms.path_add_prefix",
                "http.routes[2].transforms.path_set", "http.routes[2].transforms.request_headers", "http.routes[3].match.query[0].mode",
                "http.routes[3].retry.statuses",
            ],
            problems.Select(p => p.KeyPath));
    }

    private static IReadOnlyList<Problem> Check(HttpServiceOptions http)
    {
        var problems = new ProblemList();
        new HttpValidator(problems, "http").Check(http);
        new PolicyValidator(problems, "http").Check(http);
        return problems.Problems;
    }
}
