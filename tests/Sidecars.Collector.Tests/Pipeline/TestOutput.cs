using System.Text;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Tests.Pipeline;

/// <summary>An output that keeps what it takes, and fails or blocks when told to.</summary>
internal sealed class TestOutput(string name) : Output(name)
{
    private readonly List<string> _lines = [];
    private readonly List<string> _attempts = [];
    private TaskCompletionSource _gate = Open();

    /// <summary>The next so many attempts fail.</summary>
    public int FailuresLeft { get; set; }

    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public string[] Attempts
    {
        get
        {
            lock (_lines)
            {
                return [.. _attempts];
            }
        }
    }

    public void Block() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Unblock() => _gate.TrySetResult();

    public override async ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        await _gate.Task.WaitAsync(cancellationToken);
        var text = Encoding.UTF8.GetString(batch.Payload.Span);
        lock (_lines)
        {
            _attempts.Add(text);
            if (FailuresLeft > 0)
            {
                FailuresLeft--;
                return Delivery.Failed("test", "as told");
            }

            _lines.AddRange(text.Split('\n')[..^1]);
            return Delivery.Acknowledged;
        }
    }

    public override void Dispose()
    {
    }

    private static TaskCompletionSource Open()
    {
        var gate = new TaskCompletionSource();
        gate.SetResult();
        return gate;
    }
}
