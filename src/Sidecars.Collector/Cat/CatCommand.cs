using System.CommandLine;
using System.Runtime.InteropServices;

namespace Sidecars.Collector.Cat;

/// <summary><c>collector cat FILE</c>: what cat and tail -F do, for an image without a shell.</summary>
internal static class CatCommand
{
    private const int BrokenPipe = 32;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to print." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what is appended, by name: also over a rotation, until SIGINT or SIGTERM." };
        var lines = new Option<int?>("--lines", "-n") { Description = "Begin with so many last lines; default: the whole file." };
        lines.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 0)
            {
                result.AddError("--lines: a number of lines is 0 or more.");
            }
        });
        var command = new Command("cat", "Print a file, as cat and tail -F do; the image has no shell.") { file, follow, lines };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(follow), parsed.GetValue(lines)));
        return command;
    }

    private static async Task<int> RunAsync(string path, bool follow, int? lines)
    {
        using var end = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var output = Console.OpenStandardOutput();
        try
        {
            var printer = new FilePrinter(Path.GetFullPath(path), output, TimeProvider.System);
            await printer.PrintAsync(follow, lines, end.Token).ConfigureAwait(false);
            return 0;
        }
        catch (IOException exception) when (exception.HResult == BrokenPipe)
        {
            // who read it has seen enough
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"collector cat: {exception.Message}").ConfigureAwait(false);
            return 1;
        }

        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Cancel();
        }
    }
}
