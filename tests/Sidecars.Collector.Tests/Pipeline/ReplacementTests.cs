using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Tapping;
using Sidecars.Common.Configuration;
using Sidecars.Common.Health;
using Sidecars.Common.Lifecycle;
using Sidecars.Common.Tapping;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>What a changed configuration does to the pipeline at work.</summary>
public sealed class ReplacementTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Failures _failures = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task State_that_cannot_be_written_is_kept_over_a_replacement()
    {
        var path = _folder.Write("a.log", "0\n");
        var options = new LiveOptions<CollectorOptions>(Options("first", _folder.Write("notafolder", "")));
        using var service = Create(options);
        await service.StartAsync(CancellationToken.None);
        await Eventually.True(() => Read("first") == "0\n");
        Live<CollectorOptions>.Apply(options, Options("second", _folder["notafolder"]));
        var next = 1;
        await Eventually.True(() =>
        {
            File.AppendAllText(path, $"{next++}\n");
            return Read("second").Length > 0;
        });
        Assert.False(Read("second").StartsWith("0\n", StringComparison.Ordinal), "delivered again: " + Read("second"));
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Configuration_that_cannot_be_started_leaves_the_old_one_at_work()
    {
        var path = _folder.Write("a.log", "1\n");
        var options = new LiveOptions<CollectorOptions>(Options("first", _folder["state"]));
        using var service = Create(options);
        await service.StartAsync(CancellationToken.None);
        await Eventually.True(() => Read("first") == "1\n");
        var wrong = Options("second", _folder["state"]);
        wrong.Follow.LineLimit = default;
        Live<CollectorOptions>.Apply(options, wrong);
        await Eventually.True(() => _failures.Count > 0);
        File.AppendAllText(path, "2\n");
        await Eventually.True(() => Read("first") == "1\n2\n");
        Live<CollectorOptions>.Apply(options, Options("third", _folder["state"]));
        var next = 3;
        await Eventually.True(() =>
        {
            File.AppendAllText(path, $"{next++}\n");
            return Read("third").Length > 0;
        });
        await service.StopAsync(CancellationToken.None);
    }

    private string Read(string name) => File.Exists(_folder[name]) ? File.ReadAllText(_folder[name]) : "";

    private CollectorOptions Options(string output, string state) => new()
    {
        Inputs = [new() { Paths = [_folder["*.log"]] }],
        Outputs = [new() { Name = "test", File = new() { Path = _folder[output] } }],
        State = new() { Directory = state },
    };

    private CollectorService Create(LiveOptions<CollectorOptions> options)
    {
        var registry = Metrics.NewCustomRegistry();
        var metrics = new CollectorMetrics(Metrics.WithCustomRegistry(registry));
        var life = new CollectorLife(
            new HealthRegistry(TimeProvider.System),
            new DrainSequence(NullLogger<DrainSequence>.Instance),
            registry,
            TimeProvider.System);
        var factory = new PipelineFactory(metrics, new TapPoint<TappedBatch>(), TimeProvider.System, NullLoggerFactory.Instance);
        return new CollectorService(options, factory, metrics, life, new PipelineLog(_failures));
    }

    private static class Live<TOptions>
        where TOptions : class
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Apply")]
        public static extern void Apply(LiveOptions<TOptions> options, TOptions changed);
    }

    private sealed class Failures : ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null)
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
