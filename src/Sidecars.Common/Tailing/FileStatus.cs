using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Common.Tailing;

/// <summary>A look at a file through statx; symbolic links are followed.</summary>
public readonly record struct FileStatus(FileIdentity Identity, long Size, uint Links, bool IsRegular)
{
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    // st_blocks counts these, whatever the file system's own blocks are
    private const int BlockUnit = 512;

    /// <summary>The bytes that it takes up on its volume; fewer than its size where it has holes.</summary>
    public long Allocated { get; private init; }

    /// <summary>The user that it belongs to.</summary>
    public uint Owner { get; private init; }

    /// <summary>Looks at a path; null when nothing can be seen there (missing, no right, dangling link).</summary>
    public static unsafe FileStatus? Of(string path)
    {
        LinuxCalls.StatXBuffer buffer;
        return LinuxCalls.StatX(LinuxCalls.CurrentDirectory, path, 0, LinuxCalls.BasicStats | LinuxCalls.BirthTime, &buffer) == 0
            ? From(buffer)
            : null;
    }

    /// <summary>Looks at an open file; works for deleted ones too.</summary>
    public static unsafe FileStatus Of(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        var referenced = false;
        try
        {
            handle.DangerousAddRef(ref referenced);
            LinuxCalls.StatXBuffer buffer;
            var descriptor = (int)handle.DangerousGetHandle();
            var mask = LinuxCalls.BasicStats | LinuxCalls.BirthTime;
            return LinuxCalls.StatX(descriptor, "", LinuxCalls.EmptyPath, mask, &buffer) == 0
                ? From(buffer)
                : throw new IOException($"statx failed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            if (referenced)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static FileStatus From(in LinuxCalls.StatXBuffer buffer)
    {
        var birth = (buffer.Mask & LinuxCalls.BirthTime) == 0
            ? 0
            : (buffer.BirthSeconds * 1_000_000_000) + buffer.BirthNanoseconds;
        var identity = new FileIdentity(((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode, birth);
        return new FileStatus(identity, (long)buffer.Size, buffer.Links, (buffer.Mode & TypeMask) == RegularFile)
        {
            Allocated = (long)buffer.Blocks * BlockUnit,
            Owner = buffer.Owner,
        };
    }
}
