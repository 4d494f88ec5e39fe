using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Adapter.Sources;

/// <summary>
/// The system calls to run a program in a process group of its own, which .NET's Process cannot make. The opaque structures of
/// posix_spawn are given more room than any C library for Linux needs.
/// </summary>
internal static unsafe partial class ProcessCalls
{
    internal const int OpaqueSize = 1024;
    internal const int CloseOnExec = 0x80000;
    internal const short SetGroup = 2;
    internal const short SetDefaultSignals = 4;
    internal const int KillSignal = 9;
    internal const int NoHang = 1;
    internal const int Exited = 4;
    internal const int NoWait = 0x1000000;
    internal const int ByProcess = 1;
    internal const short PollIn = 1;
    internal const int WriteOnly = 1;
    internal const int ReadOnly = 0;

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Spawn(out int process, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int AddDuplicate(byte* actions, SafeFileHandle from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial void DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    internal static partial int SetProcessGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SetSignalsToDefault(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    internal static partial void DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    internal static partial int FillSignals(byte* signals);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int Wait(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int kind, int process, SignalInformation* information, int options);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Seen;
    }

    /// <summary>siginfo_t as waitid fills it, on 64 bit.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SignalInformation
    {
        [FieldOffset(8)] internal int Code;
        [FieldOffset(16)] internal int Process;
        [FieldOffset(24)] internal int Status;
    }
}
