using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks what an input says of a status file or a command.</summary>
internal static class LocalPageValidation
{
    private const int MostArguments = 100;

    public static void Check(InputOptions input, string path, ProblemList problems)
    {
        if (input.File is { } file)
        {
            InputValidation.CheckPath(file, $"{path}.file", problems);
        }
        else if (input.MaxAge is not null)
        {
            problems.Add($"{path}.max_age", "only a file has an age; leave it out");
        }

        if (input.Exec is { } command)
        {
            CheckCommand(command, $"{path}.exec", problems);
        }
        else if (input.Environment.Count > 0)
        {
            problems.Add($"{path}.environment", "only a command (exec) has an environment; leave it out");
        }

        foreach (var (name, _) in input.Environment.Where(entry => entry.Key.Length == 0 || entry.Key.Contains('=', StringComparison.Ordinal) || entry.Key.Contains('\0', StringComparison.Ordinal) || entry.Value.Contains('\0', StringComparison.Ordinal)))
        {
            // without its value, which may be a secret, also where that was written into the name
            problems.Add($"{path}.environment", $"'{name.Split('=')[0]}' is not a variable of an environment: its name is not empty and has no '=', neither it nor its value has a zero byte");
        }
    }

    private static void CheckCommand(List<string> command, string path, ProblemList problems)
    {
        if (command.Count == 0 || !command[0].StartsWith('/'))
        {
            problems.Add(path, "a list is expected that begins with the program's absolute path, for example [/usr/bin/df, -k]");
        }
        else if (command.Count > MostArguments || command.Exists(argument => argument.Contains('\0', StringComparison.Ordinal)))
        {
            problems.Add(path, $"at most {MostArguments} arguments without a zero byte are allowed");
        }
    }
}
