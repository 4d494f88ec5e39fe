using Sidecars.Common.Configuration;

namespace Sidecars.Adapter.Options;

/// <summary>Checks where the page is pushed to.</summary>
internal static class RemoteWriteValidation
{
    public static void Check(RemoteWriteOptions? options, ProblemList problems)
    {
        if (options is null)
        {
            return;
        }

        InputValidation.CheckAddress(options.Url, "remote_write.url", problems);
        foreach (var label in options.Labels.Keys)
        {
            MetricLint.CheckLabel("counter", label, $"remote_write.labels.{label}", problems);
        }
    }
}
