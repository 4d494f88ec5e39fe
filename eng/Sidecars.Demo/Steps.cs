using System.Diagnostics;
using System.Globalization;

namespace Sidecars.Demo;

/// <summary>Says what is done, how long it took, and whether what is shown is right.</summary>
internal sealed class Steps
{
    /// <summary>How many checks did not hold.</summary>
    public int Wrong { get; private set; }

    public static async Task<T> RunAsync<T>(string what, Func<Task<T>> step)
    {
        Console.Write($"==> {what} ... ");
        var clock = Stopwatch.StartNew();
        try
        {
            var result = await step();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:0.0} s"));
            return result;
        }
        catch
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FAILED after {clock.Elapsed.TotalSeconds:0.0} s"));
            throw;
        }
    }

    public static Task RunAsync(string what, Func<Task> step) => RunAsync(what, async () =>
    {
        await step();
        return true;
    });

    /// <summary>One line about something that must hold.</summary>
    public void Check(bool holds, string what)
    {
        Console.WriteLine(holds ? $"    right: {what}" : $"    WRONG: {what}");
        Wrong += holds ? 0 : 1;
    }

    /// <summary>Lines to look at.</summary>
    public static void Show(params IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            Console.WriteLine($"    {line}");
        }
    }
}
