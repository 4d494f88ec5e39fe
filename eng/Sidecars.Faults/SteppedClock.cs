using System.Globalization;

namespace Sidecars.Faults;

/// <summary>
/// The clock of a process, to be set while it runs, as a node's clock is set by hand or by NTP: what tells the time of day jumps, what
/// measures time goes on (libfaketime).
/// </summary>
internal sealed class SteppedClock
{
    private readonly string _file;

    /// <summary>A clock that is right at first.</summary>
    /// <param name="file">Where its state goes.</param>
    public SteppedClock(string file)
    {
        _file = file;
        Step(TimeSpan.Zero);
    }

    /// <summary>The beginning of a command line that starts a program with this clock.</summary>
    public IReadOnlyList<string> Through =>
    [
        "/usr/bin/env", $"LD_PRELOAD={Library()}", $"FAKETIME_TIMESTAMP_FILE={_file}", "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1",
    ];

    /// <summary>Sets the clock, relative to the true time.</summary>
    public void Step(TimeSpan offset)
    {
        var next = _file + ".next";
        File.WriteAllText(next, offset.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture));
        File.Move(next, _file, overwrite: true);
    }

    private static string Library() => Directory.GetDirectories("/usr/lib", "*-linux-gnu*")
        .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
        .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("libfaketime is missing: eng/packages.txt");
}
