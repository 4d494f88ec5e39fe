namespace Sidecars.Common.Tailing;

/// <summary>
/// What stays the same when a file is renamed: its device, its inode and, where the file system keeps it, its time of birth
/// (nanoseconds, else 0), which tells a reused inode from the file that had it before.
/// </summary>
public readonly record struct FileIdentity(ulong Device, ulong Inode, long Birth);
