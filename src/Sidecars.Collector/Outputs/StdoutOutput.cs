using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Outputs;

/// <summary>
/// Standard output. The hard cases: a write may take part of a batch, and a retry goes on behind that part, so no line comes twice;
/// a reader that is slow blocks the write, so anything that might block goes to a thread of its own, which the deadline can leave
/// behind; a reader that is gone is a failure like any other, and the cursor stays.
/// </summary>
internal sealed class StdoutOutput : Output
{
    // what a pipe that is ready takes without blocking (PIPE_BUF)
    private const int AtOnce = 4096;

    private readonly Lock _gate;
    private readonly SafeFileHandle _handle;
    private readonly int _descriptor;
    private readonly Lazy<BlockingWorker> _worker = new(() => new BlockingWorker("stdout"));
    private int _written;

    /// <summary>The process's own standard output. The gate is for all that write there: a write left behind ends before another begins.</summary>
    public StdoutOutput(string name, Lock gate)
        : this(name, gate, new SafeFileHandle(1, ownsHandle: false))
    {
    }

    public StdoutOutput(string name, Lock gate, SafeFileHandle handle)
        : base(name)
    {
        _gate = gate;
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
    }

    public override ValueTask<Delivery> WriteAsync(Batch batch, CancellationToken cancellationToken)
    {
        var isQuick = batch.Payload.Length - _written <= AtOnce && NativeWrite.IsReady(_descriptor, milliseconds: 0);
        return isQuick
            ? ValueTask.FromResult(Write(batch.Payload.Span))
            : new ValueTask<Delivery>(_worker.Value.RunAsync(() => Write(batch.Payload.Span)).WaitAsync(cancellationToken));
    }

    public override void Dispose()
    {
        if (_worker.IsValueCreated)
        {
            _worker.Value.Dispose();
        }

        _handle.Dispose();
    }

    private Delivery Write(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            return WriteRest(payload);
        }
    }

    private Delivery WriteRest(ReadOnlySpan<byte> payload)
    {
        while (_written < payload.Length)
        {
            var count = NativeWrite.Write(_descriptor, payload[_written..]);
            if (count >= 0)
            {
                _written += count;
            }
            else if (Failure() is { } failure)
            {
                return failure;
            }
        }

        _written = 0;
        return Delivery.Acknowledged;
    }

    private Delivery? Failure()
    {
        var error = Marshal.GetLastPInvokeError();
        switch (error)
        {
            case NativeWrite.Interrupted:
                return null;
            case NativeWrite.WouldBlock:
                NativeWrite.IsReady(_descriptor, milliseconds: -1);
                return null;
            case NativeWrite.BrokenPipe:
                return Delivery.Failed("closed", "nobody reads standard output any more");
            default:
                return Delivery.Failed("write", Marshal.GetPInvokeErrorMessage(error));
        }
    }
}
