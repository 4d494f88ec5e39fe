using System.Text;
using Sidecars.Collector.Pipeline;

namespace Sidecars.Collector.Tests.Outputs;

internal static class Batches
{
    public static Batch Of(string text) => new(default, Encoding.UTF8.GetBytes(text), text.Count(c => c == '\n'));
}
