using System.CommandLine;
using System.CommandLine.Invocation;

namespace Sidecars.Common.Hosting;

/// <summary>Prints one line.</summary>
internal sealed class PrintAction(string line) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(line);
        return ExitCodes.Success;
    }
}
