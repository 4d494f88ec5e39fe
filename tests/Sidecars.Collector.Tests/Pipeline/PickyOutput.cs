using System.Text;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>A receiver that refuses some lines: the whole batch they are in, or just them when it answers by record.</summary>
internal sealed class PickyOutput(string name, Func<string, bool> isBad) : Output(name)
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly HashSet<string> _laterOnce = [];
    private int _attempts;

    /// <summary>Tells of each record what became of it.</summary>
    public bool AnswersByRecord { get; init; }

    /// <summary>Lines that are put off when they come for the first time.</summary>
    public Func<string, bool> IsPutOff { get; init; } = _ => false;

    public int Attempts => Volatile.Read(ref _attempts);

    public string[] Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public override ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        var lines = Encoding.UTF8.GetString(batch.Payload.Span).Split('\n')[..^1];
        Assert.Equal(lines.Length, batch.Records);
        lock (_gate)
        {
            return ValueTask.FromResult(AnswersByRecord ? ByRecord(lines) : Whole(lines));
        }
    }

    public override void Dispose()
    {
    }

    private Delivery Whole(string[] lines)
    {
        if (lines.Any(isBad))
        {
            return Delivery.Refused("mapping", "no such field");
        }

        _lines.AddRange(lines);
        return Delivery.Acknowledged;
    }

    private Delivery ByRecord(string[] lines)
    {
        var verdicts = new List<RecordVerdict>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (isBad(lines[i]) || (IsPutOff(lines[i]) && _laterOnce.Add(lines[i])))
            {
                verdicts.Add(new RecordVerdict(i, isBad(lines[i]), "not " + lines[i]));
            }
            else
            {
                _lines.Add(lines[i]);
            }
        }

        return verdicts.Count == 0 ? Delivery.Acknowledged : Delivery.Partly("items", "some were not taken", verdicts);
    }
}
