using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sidecars.Common.Tailing;

namespace Sidecars.Common.Tests.Tailing;

/// <summary>A consumer as the sidecars have it: it follows files and keeps every line.</summary>
internal sealed class Tail : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<FileFollower, TailPosition> _positions = [];
    private readonly LineReader _reader;
    private readonly FileFeed _feed;
    private readonly Task _running;

    public Tail(DiscoveryOptions options, int bufferBytes = 4096)
    {
        _reader = new LineReader(bufferBytes);
        Discovery = new FileDiscovery(options, TimeProvider.System, NullLogger<FileDiscovery>.Instance);
        _feed = Discovery.Subscribe();
        _running = Task.WhenAll(Task.Run(() => Discovery.RunAsync(_stop.Token)), Task.Run(ConsumeAsync));
    }

    public Tail(params string[] paths)
        : this(Options(paths))
    {
    }

    public FileDiscovery Discovery { get; }

    public ConcurrentQueue<string> Lines { get; } = new();

    public string[] Sorted => [.. Lines.Order(StringComparer.Ordinal)];

    public static DiscoveryOptions Options(params string[] paths) =>
        new([new DiscoverySource(paths, [])])
        {
            Interval = TimeSpan.FromMilliseconds(50),
            RotatedGrace = TimeSpan.FromMilliseconds(300),
        };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        Discovery.Dispose();
        _stop.Dispose();
    }

    private async Task ConsumeAsync()
    {
        try
        {
            while (true)
            {
                Look(await _feed.NextAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private void Look(FileFollower file)
    {
        if (!_positions.TryGetValue(file, out var position))
        {
            _positions[file] = position = new TailPosition(file, file.StartOffset);
        }

        var isLastCall = _feed.IsLastCall(position);
        while (_reader.TryRead(position, isLastCall, out var block))
        {
            foreach (var line in block)
            {
                Lines.Enqueue(Encoding.UTF8.GetString(line.Text));
            }

            position.Advance(block);
        }

        if (isLastCall)
        {
            _feed.Release(file);
        }
    }
}
