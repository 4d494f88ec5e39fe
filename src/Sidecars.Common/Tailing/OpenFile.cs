using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sidecars.Common.Tailing;

/// <summary>Files that are open already.</summary>
internal static class OpenFile
{
    /// <summary>
    /// Opens the same file once more, whatever it is called by now and also when it was deleted. Throws
    /// <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/> where that is not allowed.
    /// </summary>
    public static FileStream Again(SafeFileHandle handle, FileAccess access)
    {
        var referenced = false;
        try
        {
            handle.DangerousAddRef(ref referenced);
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}");

            // ReadWrite | Delete: no advisory lock, the writer is not to notice us
            return new FileStream(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        finally
        {
            if (referenced)
            {
                handle.DangerousRelease();
            }
        }
    }
}
