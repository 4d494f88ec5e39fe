using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Adapter.Sources;

/// <summary>How a command ended: its exit code, or the signal that ended it.</summary>
internal readonly record struct CommandEnd(int Status, bool BySignal);

/// <summary>
/// A running command, leader of a process group of its own: whatever it began in it ends with it. It reads nothing, has a pipe as
/// output, and nothing of this process' environment, files and signals.
/// </summary>
internal sealed unsafe class CommandProcess : IAsyncDisposable
{
    private const int CodeExited = 1;
    private const int Interrupted = 4;

    private readonly SafeFileHandle _output;
    private readonly int _process;
    private readonly TimeProvider _time;
    private CommandEnd? _end;

    private CommandProcess(int process, SafeFileHandle output, TimeProvider time) => (_process, _output, _time) = (process, output, time);

    /// <summary>Starts the command; null with the reason where it cannot be.</summary>
    public static CommandProcess? Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, TimeProvider time, out string reason)
    {
        var ends = stackalloc int[2];
        if (ProcessCalls.Pipe(ends, ProcessCalls.CloseOnExec) != 0)
        {
            reason = Marshal.GetLastPInvokeErrorMessage();
            return null;
        }

        var output = new SafeFileHandle(ends[0], ownsHandle: true);
        using var input = new SafeFileHandle(ends[1], ownsHandle: true);
        var error = Spawn(command, environment, input, out var process);
        reason = error == 0 ? "" : Marshal.GetPInvokeErrorMessage(error);
        if (error == 0)
        {
            return new CommandProcess(process, output, time);
        }

        output.Dispose();
        return null;
    }

    /// <summary>Waits at most so long for output, and reads some of it; 0 at its end, -1 when there is none yet.</summary>
    public int Read(Span<byte> buffer, int milliseconds)
    {
        var descriptor = (int)_output.DangerousGetHandle();
        var entry = new ProcessCalls.PollEntry { Descriptor = descriptor, Wanted = ProcessCalls.PollIn };
        if (ProcessCalls.Poll(&entry, 1, milliseconds) <= 0)
        {
            return -1;
        }

        fixed (byte* start = buffer)
        {
            return (int)ProcessCalls.Read(descriptor, start, (nuint)buffer.Length);
        }
    }

    /// <summary>How the command itself ended, as far as it has.</summary>
    public CommandEnd? End()
    {
        ProcessCalls.SignalInformation information = default;
        // it is left for Dispose to take, so that until then nobody else can get the number of its group
        if (_end is null
            && ProcessCalls.WaitId(ProcessCalls.ByProcess, _process, &information, ProcessCalls.Exited | ProcessCalls.NoHang | ProcessCalls.NoWait) == 0
            && information.Process == _process)
        {
            _end = new CommandEnd(information.Status, information.Code != CodeExited);
        }

        return _end;
    }

    /// <summary>Kills what is left of the group and takes its ends, so that none stays as a zombie; late ones without being waited for.</summary>
    public ValueTask DisposeAsync()
    {
        ProcessCalls.Kill(-_process, ProcessCalls.KillSignal);
        _output.Dispose();
        return new ValueTask(CommandReaper.TakeAsync(TakeEnds, _time));
    }

    /// <summary>Takes the ends that there are; false while the command's own is not there, until which nobody else gets its number.</summary>
    private bool TakeEnds()
    {
        int status;
        var taken = ProcessCalls.Wait(_process, &status, ProcessCalls.NoHang);
        if (taken == 0 || (taken < 0 && Marshal.GetLastPInvokeError() == Interrupted))
        {
            return false;
        }

        // children of the command come to us where we are the container's first process
        while (ProcessCalls.Wait(-_process, &status, ProcessCalls.NoHang) > 0)
        {
            // the next one
        }

        return true;
    }

    private static int Spawn(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, SafeFileHandle output, out int process)
    {
        var actions = stackalloc byte[ProcessCalls.OpaqueSize];
        var attributes = stackalloc byte[ProcessCalls.OpaqueSize];
        var signals = stackalloc byte[ProcessCalls.OpaqueSize];
        int[] errors =
        [
            ProcessCalls.InitActions(actions),
            ProcessCalls.InitAttributes(attributes),
            ProcessCalls.FillSignals(signals),
            ProcessCalls.AddOpen(actions, 0, "/dev/null", ProcessCalls.ReadOnly, 0),
            ProcessCalls.AddDuplicate(actions, output, 1),
            ProcessCalls.AddOpen(actions, 2, "/dev/null", ProcessCalls.WriteOnly, 0),
            ProcessCalls.SetFlags(attributes, ProcessCalls.SetGroup | ProcessCalls.SetDefaultSignals),
            ProcessCalls.SetProcessGroup(attributes, 0),
            ProcessCalls.SetSignalsToDefault(attributes, signals),
        ];
        using var arguments = new TextArray(command);
        using var variables = new TextArray(environment.Select(variable => $"{variable.Key}={variable.Value}"));
        try
        {
            process = 0;
            var error = Array.Find(errors, one => one != 0);
            return error != 0 ? error : ProcessCalls.Spawn(out process, command[0], actions, attributes, arguments.Pointer, variables.Pointer);
        }
        finally
        {
            ProcessCalls.DestroyActions(actions);
            ProcessCalls.DestroyAttributes(attributes);
        }
    }

    /// <summary>Texts as C has them: each ends with a zero byte, the array with a zero pointer.</summary>
    private sealed class TextArray : IDisposable
    {
        private readonly int _count;

        public TextArray(IEnumerable<string> texts)
        {
            var all = texts.Select(text => Encoding.UTF8.GetBytes(text + '\0')).ToList();
            _count = all.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
            {
                Pointer[i] = (byte*)NativeMemory.Alloc((nuint)all[i].Length);
                all[i].CopyTo(new Span<byte>(Pointer[i], all[i].Length));
            }
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                NativeMemory.Free(Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
