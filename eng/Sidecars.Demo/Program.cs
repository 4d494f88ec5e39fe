using System.Runtime.InteropServices;
using Sidecars.Demo;

string[] known = ["--once", "--local"];
if (args.Except(known).Any())
{
    await Console.Error.WriteLineAsync("usage: demo [--once] [--local]");
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
return await new Demonstration(once: args.Contains("--once"), local: args.Contains("--local")).RunAsync(interrupted.Token);

// The pod is stopped in its order, whatever asks for it.
void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    interrupted.Cancel();
}
