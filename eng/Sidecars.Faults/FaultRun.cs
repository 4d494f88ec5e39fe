using System.Globalization;
using Sidecars.Testing;

namespace Sidecars.Faults;

/// <summary>
/// One run of a case: a folder, writers, a collector and a receiver, and the comparison at its end. Nothing waits for time to pass:
/// the moments of a schedule are numbers of bytes that were written or acknowledged.
/// </summary>
internal sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(150);

    private readonly string _case;
    private readonly FaultSettings _settings;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stopWriting = new();
    private readonly List<LogWriter> _writers = [];
    private readonly List<Task> _writing = [];

    public FaultRun(string name, FaultSettings settings)
    {
        (_case, _settings) = (name, settings);
        Random = new Random(settings.Seed);
        Delivered = new Delivered(Written);
        Receiver = new FaultReceiver(Delivered, settings.Seed);
        Collector = new CollectorUnderTest(_folder.Path, settings.Executable);
        Logs = _folder.Folder("logs");
        State = _folder["state"];
        LineLimit = 1024 * (8 << Random.Next(4));
        BatchLimit = Random.Next(2) == 0 ? LineLimit : 4 * LineLimit;
        IsJson = Random.Next(2) == 0;
    }

    public Random Random { get; }

    public int Rounds => _settings.Rounds;

    public WrittenFiles Written { get; } = new();

    public Delivered Delivered { get; }

    public FaultReceiver Receiver { get; }

    public CollectorUnderTest Collector { get; }

    /// <summary>The folder of this run.</summary>
    public TempFolder Folder => _folder;

    /// <summary>The folder of the files, as the writers see it.</summary>
    public string Logs { get; set; }

    /// <summary>The folder of the files, as the collector sees it; null when it is the same.</summary>
    public string? LogsInside { get; set; }

    /// <summary>The folder of the cursors, as the collector sees it.</summary>
    public string State { get; set; }

    /// <summary>The pattern of files to follow.</summary>
    public string Pattern { get; set; } = "*.log*";

    /// <summary>follow.line_limit.</summary>
    public int LineLimit { get; }

    /// <summary>outputs[].batch.bytes.</summary>
    public int BatchLimit { get; }

    public bool IsJson { get; set; }

    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>More of the configuration, from the first column on.</summary>
    public string More { get; set; } = "";

    /// <summary>The outputs; null for the receiver alone.</summary>
    public string? Outputs { get; set; }

    /// <summary>Interruptions that the run counted itself.</summary>
    public int Interruptions { get; set; }

    public List<string> Problems { get; } = [];

    /// <summary>The configuration of the receiver as an output.</summary>
    public string ReceiverOutput => string.Create(CultureInfo.InvariantCulture, $$"""
          - http: { url: "http://127.0.0.1:{{Receiver.Port}}/in", encoding: {{(IsJson ? "json" : "raw")}}, request_timeout: {{RequestTimeout.TotalMilliseconds}}ms }
            retry: { first: 10ms, most: 250ms }
            batch: { bytes: {{BatchLimit}} }
        """);

    /// <summary>Starts the collector, with its last state.</summary>
    public void Start()
    {
        Collector.Configuration = string.Create(CultureInfo.InvariantCulture, $$"""
            admin: { listen: "unix:ADMIN" }
            inputs:
              - paths: ["{{LogsInside ?? Logs}}/{{Pattern}}"]
            outputs:
            {{Outputs ?? ReceiverOutput}}
            state: { directory: "{{State}}" }
            follow: { line_limit: {{LineLimit}} }
            {{More}}
            """);
        Collector.Start();
    }

    /// <summary>Begins a writer; its first file is there at once.</summary>
    public LogWriter AddWriter(WriterHabits habits)
    {
        var number = _writers.Count;
        var writer = new LogWriter(Written, Delivered, number, Path.Combine(Logs, string.Create(CultureInfo.InvariantCulture, $"w{number}.log")), habits, new Random(Random.Next()));
        _writers.Add(writer);
        return writer;
    }

    /// <summary>Begins so many writers that write until the end.</summary>
    public void StartWriters(int count, WriterHabits habits)
    {
        for (var i = 0; i < count; i++)
        {
            var writer = AddWriter(habits with { LineLimit = habits.LineLimit < 0 ? 0 : LineLimit });
            _writing.Add(Task.Run(() => writer.RunAsync(_stopWriting.Token)));
        }
    }

    public async Task StopWritersAsync()
    {
        await _stopWriting.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_writing).ConfigureAwait(false);
    }

    /// <summary>Waits until so many more bytes are written.</summary>
    public Task WroteAsync(long bytes)
    {
        var until = Written.Bytes + bytes;
        return Eventually.True(() => Written.Bytes >= until || _writing.Exists(task => task.IsFaulted), Deadline, Collector.Tail);
    }

    /// <summary>Waits until so many more bytes are acknowledged for the first time.</summary>
    public Task TookAsync(long bytes)
    {
        var until = Delivered.Bytes + bytes;
        return Eventually.True(() => Delivered.Bytes >= until || IsHopeless, Deadline, Collector.Tail);
    }

    /// <summary>Waits until everything arrived.</summary>
    public Task CompleteAsync() => CompleteAsync(Delivered);

    /// <summary>Waits until everything arrived at one of the outputs.</summary>
    public async Task CompleteAsync(Delivered delivered)
    {
        try
        {
            await Eventually.True(() => delivered.IsComplete || IsHopeless || delivered.Problems.Count > 0, Deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // the report tells what is missing
        }
    }

    /// <summary>Lets everything come to its good end and compares.</summary>
    public async Task<FaultReport> FinishAsync(string figures = "")
    {
        await StopWritersAsync().ConfigureAwait(false);
        Receiver.Behave(_ => Mood.Well);
        Receiver.Listen();
        if (!Collector.IsRunning)
        {
            Start();
        }

        await CompleteAsync().ConfigureAwait(false);
        await EndAsync().ConfigureAwait(false);
        return Report(figures);
    }

    /// <summary>Compares.</summary>
    public FaultReport Report(string figures = "")
    {
        var interruptions = Collector.Kills + Receiver.Unsure + Interruptions;
        Check(Delivered.Problems);
        Check(Delivered.MissingLines, 0, "lines missing");
        Check(Delivered.Torn, interruptions, "pieces without a number");
        Check(Receiver.LargestBatch, BatchLimit, "bytes in the largest batch");
        Check(Delivered.RepeatedBytes, (long)interruptions * BatchLimit, "bytes repeated");
        if (Problems.Count > 0)
        {
            Problems.Add($"the collector: {Collector.Tail()}");
        }

        return new FaultReport(_case, _settings.Seed)
        {
            Lines = Written.Lines,
            Bytes = Written.Bytes,
            Interruptions = interruptions,
            RepeatedBytes = Delivered.RepeatedBytes,
            Problems = Problems,
            Figures = figures,
        };
    }

    public void Check(IEnumerable<string> problems) => Problems.AddRange(problems);

    public void Check(long value, long most, string what)
    {
        if (value > most)
        {
            Problems.Add(string.Create(CultureInfo.InvariantCulture, $"{value} {what}, at most {most} are allowed"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopWritersAsync().ConfigureAwait(false);
        await Collector.DisposeAsync().ConfigureAwait(false);
        await Receiver.DisposeAsync().ConfigureAwait(false);
        _writers.ForEach(writer => writer.Dispose());
        _stopWriting.Dispose();
        _folder.Dispose();
    }

    private bool IsHopeless => Delivered.Problems.Count > 0 || (!Collector.IsRunning && Collector.Errors.Length > 0 && _writing.TrueForAll(task => task.IsCompleted));

    private async Task EndAsync()
    {
        if (!Collector.IsRunning)
        {
            Problems.Add("the collector ended by itself");
            return;
        }

        try
        {
            await Collector.TerminateAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            Problems.Add(exception.Message);
        }
    }
}
