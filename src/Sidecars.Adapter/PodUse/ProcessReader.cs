using System.Globalization;

namespace Sidecars.Adapter.PodUse;

/// <summary>All processes of one command together.</summary>
internal sealed record CommandUse(string Command, int Processes, double Threads, double ResidentBytes, double CpuSeconds);

/// <summary>
/// Reads the processes that this one can see. CPU time is added up from look to look, so that a process that ends takes none of it
/// away; what one uses between its last look and its end is not seen.
/// </summary>
internal sealed class ProcessReader(string proc, string others)
{
    private const int MostCommands = 100;
    private const double Tick = .01;

    // as proc(5) counts them, less the two before and in the parentheses and one, as we count from 0
    private const int UserTime = 14 - 3;
    private const int SystemTime = 15 - 3;
    private const int Threads = 20 - 3;
    private const int StartTime = 22 - 3;
    private const int ResidentPages = 24 - 3;

    private Dictionary<(int Process, double Started), double> _seen = [];
    private readonly Dictionary<string, double> _cpu = new(StringComparer.Ordinal);

    /// <summary>What there is now, by command. One caller at a time.</summary>
    public IReadOnlyList<CommandUse> Read()
    {
        var seen = new Dictionary<(int, double), double>();
        var commands = new SortedDictionary<string, CommandUse>(StringComparer.Ordinal);
        foreach (var folder in Folders())
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Parse(folder) is var (command, fields))
            {
                command = commands.ContainsKey(command) || _cpu.ContainsKey(command) || _cpu.Count < MostCommands ? command : others;
                var time = (fields[UserTime] + fields[SystemTime]) * Tick;
                var key = (number, fields[StartTime]);
                _cpu[command] = _cpu.GetValueOrDefault(command) + Math.Max(0, time - _seen.GetValueOrDefault(key));
                seen[key] = time;
                var use = commands.GetValueOrDefault(command) ?? new CommandUse(command, 0, 0, 0, 0);
                commands[command] = use with
                {
                    Processes = use.Processes + 1,
                    Threads = use.Threads + fields[Threads],
                    ResidentBytes = use.ResidentBytes + (fields[ResidentPages] * Environment.SystemPageSize),
                };
            }
        }

        _seen = seen;
        return [.. _cpu.Select(entry => (commands.GetValueOrDefault(entry.Key) ?? new CommandUse(entry.Key, 0, 0, 0, 0)) with { CpuSeconds = entry.Value })];
    }

    private IEnumerable<string> Folders() => Directory.Exists(proc) ? Directory.EnumerateDirectories(proc) : [];

    /// <summary><c>12 (a command) S 1 ...</c>: the command may have blanks and parentheses itself. Null for a process that has gone.</summary>
    private static (string Command, double[] Fields)? Parse(string folder)
    {
        if (KernelFile.Lines(Path.Combine(folder, "stat")) is not { Length: > 0 } lines)
        {
            return null;
        }

        var text = string.Join('\n', lines);
        var (open, close) = (text.IndexOf('(', StringComparison.Ordinal), text.LastIndexOf(')'));
        if (open < 0 || close < open)
        {
            return null;
        }

        var fields = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => KernelFile.Number(field) ?? 0).ToArray();
        return fields.Length > ResidentPages ? (text[(open + 1)..close], fields) : null;
    }
}
