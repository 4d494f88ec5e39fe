using Sidecars.Testing;

namespace Sidecars.Adapter.Tests;

/// <summary>The tests that users keep in their configuration, run by the program itself.</summary>
public class TestCommandTests
{
    private const string Inputs = """
        inputs:
          jobs:
            tail: /var/log/jobs.log
            format: 'queue=$queue took=$seconds'
            metrics:
              - { counter: jobs_total, labels: [queue, { host: queue }] }
              - { histogram: took_seconds, value: seconds, buckets: [1, 10] }
          pool: { http: "http://127.0.0.1:9/", format: "Idle: $idle", up: pool_up, metrics: [ { gauge: pool_idle, value: idle } ] }
        tests:

        """;

    [Theory]
    [InlineData("""- { input: jobs, lines: ['queue=a took=2'], expect: 'jobs_total{host="a", queue="a"} 1' }""")]
    [InlineData("""- { input: jobs, lines: ['queue=a took=.1', 'x', 'queue=a took=.2'], unmatched: 1, expect: ['took_seconds_bucket{le="10"} 2', 'took_seconds_sum 0.3'] }""")]
    [InlineData("""- { input: pool, page: "Idle:\n  7", expect: "pool_idle 7\npool_up 1" }""")]
    [InlineData("""- { input: pool, page: "nonsense", expect: "pool_up 0" }""")]
    public async Task Test_AsExpected_Passes(string test)
    {
        var (exitCode, output, error) = await RunAsync("test", test);

        Assert.Equal("", error);
        Assert.Contains("1 tests, 0 failed", output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("""- { input: jobs, lines: ['queue=a took=2'], expect: 'jobs_total{host="a",queue="a"} 2' }""", "expected jobs_total{host=\"a\",queue=\"a\"} 2, got 1")]
    [InlineData("""- { input: jobs, lines: ['queue=a took=2'], expect: 'jobs_total{queue="b"} 2' }""", "expected jobs_total{queue=\"b\"} 2, got none; there are: jobs_total{host=\"a\",queue=\"a\"} 1")]
    [InlineData("""- { input: jobs, lines: ['queue=a'], expect: 'took_seconds_sum 0' }""", "lines that do not match: expected 0, got 1\n  line 1 does not match: ")]
    [InlineData("""- { input: pool, page: "Idle: 7", expect: "pool_idle 8" }""", "expected pool_idle 8, got 7")]
    public async Task Test_NotAsExpected_SaysWhatAndEndsWithOne(string test, string difference)
    {
        var (exitCode, output, _) = await RunAsync("test", test);

        Assert.Equal(1, exitCode);
        Assert.Contains(difference, output, StringComparison.Ordinal);
        Assert.Contains("1 tests, 1 failed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""- { input: job, lines: ['x'], expect: 'jobs_total 1' }""", ":10:12: tests[0].input: there is no input 'job'; inputs: jobs, pool")]
    [InlineData("""- { input: jobs, page: x, expect: 'jobs_total 1' }""", ":10:3: tests[0]: jobs gets lines; give some as lines")]
    [InlineData("""- { input: pool, page: x }""", ":10:3: tests[0]: expect is missing")]
    [InlineData("""- { input: jobs, lines: [x], expect: ['jobs_total 1', 'jobs_total{queue=a} 1'] }""", ":10:55: tests[0].expect[1]: 'jobs_total{queue=a} 1' is no series with a value: the labels are not right at character 18")]
    [InlineData("""- { input: jobs, lines: [x], expect: 'job_total 1' }""", ":10:38: tests[0].expect[0]: jobs makes no job_total; its metrics: jobs_total, took_seconds")]
    [InlineData("""- { input: jobs, lines: [x], expect: [[a]] }""", ":10:38: tests[0].expect: a series is a text such as")]
    public async Task Check_MistakenTest_PlaceAndRemedy(string test, string problem)
    {
        var (exitCode, _, error) = await RunAsync("check", test);

        Assert.Equal(2, exitCode);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string verb, string test)
    {
        using var folder = new TempFolder();
        return await SidecarProcess.RunAsync("adapter", [verb, "--config", folder.Write("adapter.yaml", Inputs + test)]);
    }
}
