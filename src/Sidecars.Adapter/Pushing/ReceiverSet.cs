using System.Net.Sockets;
using System.Text.Json;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Options;
using Sidecars.Adapter.Rules;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.Pushing;

/// <summary>
/// All that is pushed to, as of the configuration in force. A reload that changes nothing of it leaves it alone; else it begins anew,
/// with counts of 0.
/// </summary>
internal sealed class ReceiverSet(PushMetrics metrics, TimeProvider time, ILogger<ReceiverSet> log) : IAsyncDisposable
{
    private readonly List<Receiver> _receivers = [];
    private PushStore? _store;
    private string _options = "";
    private bool _withCreated;

    private Dictionary<string, SampleReader> _overHttp = [];

    /// <summary>Reads what comes over HTTP for an input of this name; null where nothing is wanted that way.</summary>
    public SampleReader? OverHttp(string input) => _overHttp.GetValueOrDefault(input);

    /// <summary>Puts options in force. Throws what sockets throw when an address cannot be had.</summary>
    public async Task ApplyAsync(AdapterOptions options, AdapterPlan plan)
    {
        var own = MetricNames.Of([plan.LogSeries, plan.PageSeries]);
        var text = Text(options);
        _withCreated = options.Exposition.Created;
        if (text != _options)
        {
            await DisposeAsync();
            _options = "";
            _store = PushInputs.Of(options).Count == 0 ? null : new PushStore(options.Limits, time);
            await StartAsync(options);
            _options = text;
        }

        if (_store is { } store)
        {
            lock (store.Gate)
            {
                store.Own = own;
            }
        }
    }

    /// <summary>Writes what was pushed up to now.</summary>
    public async Task WriteAsync(Stream output, MetricsRequest request, CancellationToken cancellation)
    {
        if (_store is not { } store)
        {
            return;
        }

        foreach (var receiver in _receivers.ToArray())
        {
            receiver.Observe(metrics);
        }

        using var buffer = new ExpositionBuffer();
        store.Write(buffer, request.Format, _withCreated);
        await output.WriteAsync(buffer.WrittenMemory, cancellation);
    }

    /// <summary>What came in, by the name of the input.</summary>
    public IReadOnlyList<ReceiverFigures> Figures => [.. _receivers.ToArray().Select(receiver => receiver.Figures)];

    /// <summary>Whether what was pushed has a metric of this name.</summary>
    public bool Has(string name) => _store?.Has(name) == true;

    public async ValueTask DisposeAsync()
    {
        _overHttp = [];
        foreach (var receiver in _receivers)
        {
            await receiver.DisposeAsync();
        }

        _receivers.Clear();
    }

    private static string Text(AdapterOptions options) => JsonSerializer.Serialize(PushInputs.Part(options), AdapterOptionsContext.Default.AdapterOptions);

    private async Task StartAsync(AdapterOptions options)
    {
        var overHttp = new Dictionary<string, SampleReader>();
        foreach (var (name, _, push) in PushInputs.Of(options))
        {
            var reader = SampleReaders.Create(push, _store!, options.Limits);
            await StartAsync(name, push, reader);
            if (push.HasHttp)
            {
                overHttp.Add(name, reader);
            }
        }

        _overHttp = overHttp;
    }

    private async Task StartAsync(string input, PushOptions options, SampleReader reader)
    {
        try
        {
            _receivers.Add(await Receiver.StartAsync(input, options, reader));
        }
        catch (SocketException e)
        {
            throw new IOException($"{input} cannot listen ({options.Udp?.Text ?? options.Tcp?.Text ?? "unix"}): {e.Message}", e);
        }

        log.Listening(input);
    }
}

/// <summary>What receivers tell in the adapter's own log.</summary>
internal static partial class PushLog
{
    [LoggerMessage(521, LogLevel.Information, "Receiving samples: {Input}")]
    public static partial void Listening(this ILogger log, string input);
}
