using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sidecars.Collector.Checkpoints;
using Sidecars.Collector.Options;
using Sidecars.Collector.Pipeline;
using Sidecars.Collector.Reclaim;
using Sidecars.Collector.Tests.Pipeline;
using Sidecars.Common.Tailing;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Reclaim;

/// <summary>One look at a time, with nothing else running.</summary>
public sealed class VolumeKeeperTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Messages _messages = new();
    private readonly TestOutput _output = new("test");
    private FileDiscovery? _discovery;
    private CursorStore? _cursors;
    private Lane? _lane;

    public void Dispose()
    {
        _lane?.Dispose();
        _discovery?.Dispose();
        _cursors?.Dispose();
        _output.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Look_FileWrittenAnewSinceTheAcknowledgement_TouchesNoByteOfIt()
    {
        var path = _folder["a.log"];
        File.WriteAllText(path, new string('a', 999_999) + "\n");
        var keeper = Create();
        Deliver();
        File.WriteAllText(path, new string('b', 999_999) + "\n");
        keeper.Look();
        Assert.Equal(new string('b', 999_999) + "\n", File.ReadAllText(path));
    }

    [Fact]
    public void Look_CursorsThatAreOnlyInMemory_TouchesNothing()
    {
        _folder.Write("state", "a file where the folder should be");
        var path = _folder["a.log"];
        File.WriteAllText(path, new string('a', 999_999) + "\n");
        var keeper = Create();
        Deliver();
        keeper.Look();
        Assert.Equal(new string('a', 999_999) + "\n", File.ReadAllText(path));
    }

    [Fact]
    public void Look_DeliveredFile_KeepsHeadAndWindow()
    {
        var path = _folder["a.log"];
        File.WriteAllText(path, new string('a', 999_999) + "\n");
        var keeper = Create();
        Deliver();
        keeper.Look();
        var text = File.ReadAllText(path);
        Assert.Equal(1_000_000, text.Length);
        Assert.Equal(VolumeKeeper.Block, text.IndexOf('\0', StringComparison.Ordinal));
        Assert.InRange(1_000_000 - text.LastIndexOf('\0'), Fingerprint.MaximumLength, Fingerprint.MaximumLength + VolumeKeeper.Block);
        using var again = Follow();
        Assert.Equal(1_000_000, _cursors!.Resume("test", again.Files.Single()).Offset);
    }

    [Fact]
    public async Task Look_RightThatIsMissing_IsToldOnceWithTheRemedy()
    {
        // a program that runs cannot be written, whoever asks
        var path = _folder["a.log"];
        File.Copy("/bin/sleep", path);
        using var program = Process.Start(path, "1000");
        try
        {
            await Eventually.True(() => program.HasExited || File.Exists($"/proc/{program.Id}/exe") && new FileInfo($"/proc/{program.Id}/exe").ResolveLinkTarget(true)?.FullName == path);
            var keeper = Create();
            keeper.Look();
            keeper.Look();
            Assert.Contains("securityContext.runAsUser", Assert.Single(_messages.All), StringComparison.Ordinal);
        }
        finally
        {
            program.Kill();
        }
    }

    private FileDiscovery Follow()
    {
        var options = new DiscoveryOptions([new DiscoverySource([_folder["*.log"]], [])]);
        var discovery = new FileDiscovery(options, TimeProvider.System, NullLogger<FileDiscovery>.Instance);
        discovery.Scan();
        return discovery;
    }

    private void Deliver()
    {
        var position = _cursors!.Resume("test", _discovery!.Files.Single());
        Assert.True(new LineReader(2_000_000).TryRead(position, flush: true, out var block));
        position.Advance(block);
        _cursors.Record("test", position);
    }

    private VolumeKeeper Create()
    {
        var time = TimeProvider.System;
        _discovery = Follow();
        _cursors = CursorStore.Open(_folder["state"], time, NullLogger.Instance);
        var metrics = new CollectorMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        _lane = new Lane(
            _output,
            new RawEncoder(),
            new LineReader(4096),
            new LaneFiles(_discovery, _cursors),
            new LaneSettings(metrics.Of("test"), new PipelineLog(NullLogger.Instance), time));
        var settings = new VolumeKeeperSettings(ReclaimMode.AfterDelivery, new VolumeOptions(), metrics.Volume, new ReclaimLog(_messages), time);
        return new VolumeKeeper(_discovery, _cursors, [_lane], settings);
    }

    private sealed class Messages : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
