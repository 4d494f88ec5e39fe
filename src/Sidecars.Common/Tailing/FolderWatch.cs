using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Sidecars.Common.Tailing;

/// <summary>
/// Watches folders with one inotify instance (nodes allow few per user) and one thread that sleeps in the kernel. A busy writer
/// makes an event per write: after each round of events the thread rests for a millisecond, in which the kernel folds equal events
/// into one; so the first write after a quiet time is told at once, and a storm costs at most a thousand rounds a second.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private const uint Modify = 0x2;
    private const uint MovedFrom = 0x40;
    private const uint MovedTo = 0x80;
    private const uint Create = 0x100;
    private const uint Delete = 0x200;
    private const uint QueueOverflow = 0x4000;
    private const uint Ignored = 0x8000;
    private const uint OnlyFolders = 0x1000000;
    private const int EventHeader = 16;
    private const int BufferBytes = 16 * 1024;
    private const int MostMoving = 64;
    private const int RestMilliseconds = 1;

    private readonly Action<FolderEvent> _handler;
    private readonly int _inotify;
    private readonly int _stop;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Folder> _folders = [];
    private readonly (uint Cookie, string Path)[] _moving = new (uint, string)[MostMoving];
    private int _nextMoving;

    private FolderWatch(int inotify, int stop, Action<FolderEvent> handler)
    {
        _inotify = inotify;
        _stop = stop;
        _handler = handler;
        _thread = new Thread(Run, 128 * 1024) { IsBackground = true, Name = "folder-watch" };
        _thread.Start();
    }

    /// <summary>Starts a watch; null when the machine has no inotify instance left, then only looking again and again helps.</summary>
    public static FolderWatch? TryStart(Action<FolderEvent> handler)
    {
        var inotify = LinuxCalls.InotifyInit(LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking);
        if (inotify < 0)
        {
            return null;
        }

        var stop = LinuxCalls.EventDescriptor(0, LinuxCalls.CloseOnExec);
        if (stop >= 0)
        {
            return new FolderWatch(inotify, stop, handler);
        }

        _ = LinuxCalls.Close(inotify);
        return null;
    }

    /// <summary>Watches a folder; harmless when it is watched already.</summary>
    public WatchOutcome Add(string folder)
    {
        lock (_gate)
        {
            var mask = Modify | MovedFrom | MovedTo | Create | Delete | OnlyFolders;
            var watch = LinuxCalls.InotifyAddWatch(_inotify, folder, mask);
            if (watch < 0)
            {
                return WatchOutcome.Refused;
            }

            return _folders.TryAdd(watch, new Folder(folder)) ? WatchOutcome.New : WatchOutcome.Kept;
        }
    }

    /// <inheritdoc/>
    public unsafe void Dispose()
    {
        ulong one = 1;
        _ = LinuxCalls.Write(_stop, (byte*)&one, sizeof(ulong));
        _thread.Join();
        _ = LinuxCalls.Close(_stop);
        _ = LinuxCalls.Close(_inotify);
    }

    private unsafe void Run()
    {
        var buffer = (byte*)NativeMemory.Alloc(BufferBytes);
        var entries = stackalloc LinuxCalls.PollEntry[2];
        entries[0] = new() { Descriptor = _inotify, Wanted = LinuxCalls.PollIn };
        entries[1] = new() { Descriptor = _stop, Wanted = LinuxCalls.PollIn };
        while (true)
        {
            _ = LinuxCalls.Poll(entries, 2, -1);
            if (entries[1].Seen != 0)
            {
                break;
            }

            // what leaves room in the buffer was all
            nint count;
            do
            {
                count = LinuxCalls.Read(_inotify, buffer, BufferBytes);
                Tell(new ReadOnlySpan<byte>(buffer, (int)Math.Max(0, count)));
            }
            while (count > BufferBytes / 2);

            _ = LinuxCalls.Poll(entries + 1, 1, RestMilliseconds);
        }

        NativeMemory.Free(buffer);
    }

    private void Tell(ReadOnlySpan<byte> events)
    {
        while (events.Length >= EventHeader)
        {
            var watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var cookie = BinaryPrimitives.ReadUInt32LittleEndian(events[8..]);
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(events[12..]);
            var name = events.Slice(EventHeader, length);
            var end = name.IndexOf((byte)0);
            Tell(watch, mask, cookie, end < 0 ? name : name[..end]);
            events = events[(EventHeader + length)..];
        }
    }

    private void Tell(int watch, uint mask, uint cookie, ReadOnlySpan<byte> name)
    {
        if ((mask & QueueOverflow) != 0)
        {
            _handler(new FolderEvent(FolderEventKind.Overflow, ""));
            return;
        }

        if (PathOf(watch, mask, name) is not { } path)
        {
            return;
        }

        if ((mask & MovedTo) != 0 && TakeMoving(cookie) is { } from)
        {
            _handler(new FolderEvent(FolderEventKind.Renamed, path, from));
            return;
        }

        if ((mask & MovedFrom) != 0)
        {
            _moving[_nextMoving++ & (MostMoving - 1)] = (cookie, path);
        }

        _handler(new FolderEvent((mask & Modify) != 0 ? FolderEventKind.Modified : FolderEventKind.Structure, path));
    }

    /// <summary>
    /// The first half of a rename. The kernel queues the halves one after the other, not both at once: other events can stand between
    /// them, and the second can come with a later read (inotify(7), "Dealing with rename() events"). A first half alone went to a
    /// folder that is not watched; it is told as a change when it is heard, and kept among the last few until newer ones push it out.
    /// </summary>
    private string? TakeMoving(uint cookie)
    {
        var at = Array.FindIndex(_moving, half => half.Cookie == cookie && half.Path is not null);
        if (at < 0)
        {
            return null;
        }

        var path = _moving[at].Path;
        _moving[at] = default;
        return path;
    }

    private string? PathOf(int watch, uint mask, ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            if ((mask & Ignored) != 0)
            {
                return _folders.Remove(watch, out var gone) ? gone.Path : null;
            }

            return _folders.TryGetValue(watch, out var folder) ? folder.PathOf(name) : null;
        }
    }

    /// <summary>A watched folder with the last name heard, so that a busy file does not cost a string per event.</summary>
    private sealed class Folder(string path)
    {
        private byte[] _lastName = [];
        private string? _lastPath;

        public string Path => path;

        public string PathOf(ReadOnlySpan<byte> name)
        {
            if (_lastPath is null || !name.SequenceEqual(_lastName))
            {
                _lastName = name.ToArray();
                _lastPath = System.IO.Path.Join(path, Encoding.UTF8.GetString(name));
            }

            return _lastPath;
        }
    }
}
