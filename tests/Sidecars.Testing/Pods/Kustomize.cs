using System.ComponentModel;
using System.Diagnostics;

namespace Sidecars.Testing.Pods;

/// <summary>Renders an overlay with the real tool: <c>kubectl kustomize</c>, else <c>kustomize build</c>; neither needs a cluster. Where neither is
/// installed (Debian 12 has only one that is too old), <see cref="OverlayPatches"/> does what the shipped overlays need.</summary>
public static class Kustomize
{
    private static readonly string[][] Tools = [["kubectl", "kustomize"], ["kustomize", "build"]];

    /// <summary>The overlay's objects.</summary>
    public static async Task<Manifest> RenderAsync(string folder)
    {
        foreach (var tool in Tools)
        {
            try
            {
                return Manifest.Parse(await RunAsync(tool, folder));
            }
            catch (Win32Exception)
            {
                // not installed: try the next one
            }
        }

        return OverlayPatches.Render(folder);
    }

    private static async Task<string> RunAsync(string[] tool, string folder)
    {
        var start = new ProcessStartInfo(tool[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(tool[1]);
        // The samples are single files that can be applied as they are; an overlay reaches up to them.
        start.ArgumentList.Add("--load-restrictor=LoadRestrictionsNone");
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var rendered = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? rendered : throw new InvalidOperationException($"{tool[0]} {tool[1]} {folder}: {await errors}");
    }
}
