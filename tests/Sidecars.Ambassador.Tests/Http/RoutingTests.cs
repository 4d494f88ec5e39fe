namespace Sidecars.Ambassador.Tests.Http;

public sealed class RoutingTests(RoutingTests.Fixture fixture) : IClassFixture<RoutingTests.Fixture>, IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Ambassador _ambassador = fixture.Ambassador;

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("GET", "/status", "exact", "/status")]
    [InlineData("GET", "/v2", "prefix", "/")]
    [InlineData("GET", "/v2/things?x=1", "prefix", "/things?x=1")]
    [InlineData("GET", "/v2/a%2Fb", "prefix", "/a%2Fb")]
    [InlineData("GET", "/v2/x/%2e%2e/y", "prefix", "/y")]
    [InlineData("GET", "/items/42/details", "template", "/catalog/42?view=full")]
    [InlineData("GET", "/anything?debug=1", "query", "/anything")]
    [InlineData("DELETE", "/anything", "method", "/removed/anything")]
    public async Task Request_TakesTheFirstRouteThatFits(string method, string path, string route, string arrived)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), _ambassador.Url(1, path));
        using var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([route], response.Headers.GetValues("X-Route"));
        Assert.StartsWith($"{method} {arrived}\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Tenant", "blue", "header")]
    [InlineData("X-Tenant", "red", null)]
    [InlineData("Host", "shop.internal", "host")]
    public async Task Request_IsRoutedByItsHeaders(string name, string value, string? route)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(1, "/elsewhere"));
        request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _client.SendAsync(request);

        Assert.Equal(route ?? "", response.Headers.TryGetValues("X-Route", out var values) ? string.Join(',', values) : "");
        Assert.Equal(route is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Request_ThatNoRouteFits_SaysSo_AlsoWhereOnlyTheMethodDoesNot()
    {
        using var wrongPath = await _client.GetAsync(_ambassador.Url(1, "/nowhere"));
        using var wrongMethod = await _client.PutAsync(_ambassador.Url(2, "/only-get"), null);

        Assert.Equal(HttpStatusCode.NotFound, wrongPath.StatusCode);
        Assert.Equal(["no_route"], wrongPath.Headers.GetValues("sidecars-reason"));
        Assert.Contains("(no_route)", await wrongPath.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await _ambassador.MetricAsync("sidecars_ambassador_http_rejected_total", ("service", "other"), ("reason", "no_route")));
        Assert.Equal(HttpStatusCode.NotFound, wrongMethod.StatusCode);
        Assert.Equal(["no_route"], wrongMethod.Headers.GetValues("sidecars-reason"));
    }

    [Fact]
    public async Task Headers_AreSetAppendedAndRemoved()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(1, "/status"));
        request.Headers.Add("X-Secret", "1");
        request.Headers.Add("X-Version", "old");
        request.Headers.Add("X-Via", "app");
        using var response = await _client.SendAsync(request);

        var seen = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("X-Secret", seen, StringComparison.Ordinal);
        Assert.Contains("X-Version: new\n", seen, StringComparison.Ordinal);
        Assert.Contains("X-Via: app, ambassador\n", seen, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Route_WithUpstreamsOfItsOwn_SendsThere()
    {
        var before = fixture.Second.Requests;
        using var response = await _client.GetAsync(_ambassador.Url(2, "/second"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, fixture.Second.Requests - before);
    }

    [Fact]
    public async Task Events_ArriveOneByOne()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _ambassador.Url(2, "/events?sse"));
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("data: first", await reader.ReadLineAsync());
        fixture.Second.Release("?sse");
        Assert.Equal("", await reader.ReadLineAsync());
        Assert.Equal("data: second", await reader.ReadLineAsync());
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal Origin Origin { get; private set; } = null!;

        internal Origin Second { get; private set; } = null!;

        internal Ambassador Ambassador { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Origin = await Origin.StartAsync();
            Second = await Origin.StartAsync();
            Ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: api
                    listen: 127.0.0.1:$1
                    http:
                      upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ]
                      routes:
                        - name: exact
                          match: { path: /status }
                          transforms:
                            request_headers: { set: { X-Version: new }, append: { X-Via: ambassador }, remove: [ X-Secret ] }
                            response_headers: { set: { X-Route: exact }, remove: [ Server ] }
                        - name: prefix
                          match: { path_prefix: /v2 }
                          transforms: { path_remove_prefix: /v2, response_headers: { set: { X-Route: prefix } } }
                        - name: template
                          match: { path: "/items/{id}/details" }
                          transforms: { path_set: "/catalog/{id}", query_set: { view: full }, response_headers: { set: { X-Route: template } } }
                        - name: query
                          match: { query: [ { name: debug, values: [ "1" ] } ] }
                          transforms: { query_remove: [ debug ], response_headers: { set: { X-Route: query } } }
                        - name: method
                          match: { methods: [ DELETE ] }
                          transforms: { path_add_prefix: /removed, response_headers: { set: { X-Route: method } } }
                        - name: header
                          match: { headers: [ { name: X-Tenant, values: [ blue, green ], mode: prefix } ] }
                          transforms: { response_headers: { set: { X-Route: header } } }
                        - name: host
                          match: { hosts: [ "*.internal" ] }
                          transforms: { response_headers: { set: { X-Route: host } } }
                  - name: other
                    listen: 127.0.0.1:$2
                    http:
                      upstreams: [ "http://127.0.0.1:{{Origin.Port}}" ]
                      routes:
                        - name: get
                          match: { path: /only-get, methods: [ GET ] }
                        - name: second
                          match: { path: /second }
                          upstreams: [ "http://127.0.0.1:{{Second.Port}}" ]
                        - name: events
                          match: { path: /events }
                          upstreams: [ "http://127.0.0.1:{{Second.Port}}" ]
                """);
        }

        public async ValueTask DisposeAsync()
        {
            await Ambassador.DisposeAsync();
            await Origin.DisposeAsync();
            await Second.DisposeAsync();
        }
    }
}
