using System.Text.RegularExpressions;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>The lines of nginx's access log, where nginx wrote them and where the collector took them.</summary>
internal static partial class LogLines
{
    /// <summary>What nginx wrote, read from the volume itself.</summary>
    public static string[] Written(RunningPod pod) => Access(File.ReadAllText(Path.Combine(pod.VolumeFolder("shared-logs"), "access.log")));

    /// <summary>The collector's file, read from the volume: also when no container is left to ask.</summary>
    public static string[] Kept(RunningPod pod) => Access(File.ReadAllText(Path.Combine(pod.VolumeFolder("collector-logs"), "collector.log")));

    /// <summary>As <c>kubectl logs POD -c log-collector</c>.</summary>
    public static async Task<string[]> LoggedAsync(RunningPod pod) => Access((await pod["log-collector"].LogsAsync()).StandardOutput);

    /// <summary>As <c>kubectl exec POD -c log-collector -- collector cat /var/log/collector.log</c>.</summary>
    public static async Task<string[]> CatAsync(RunningPod pod, params string[] flags)
    {
        var result = await pod["log-collector"].ExecAsync(["collector", "cat", .. flags, "/var/log/collector.log"]);
        return result.ExitCode == 0 ? Access(result.StandardOutput) : throw new InvalidOperationException($"exit code {result.ExitCode}: {result.StandardError}");
    }

    /// <summary>The access lines, as nginx's error log comes out beside them.</summary>
    public static string[] Access(string text) => [.. text.Split('\n').Where(line => Request().IsMatch(line))];

    [GeneratedRegex("""^\S+ - \S+ \[[^\]]+\] "[A-Z]+ [^"]+" \d{3} """)]
    private static partial Regex Request();
}
