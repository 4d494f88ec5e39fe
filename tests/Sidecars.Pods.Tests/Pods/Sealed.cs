using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Pods;

/// <summary>What "restricted" means for a process that runs: read from the kernel, not from the manifest.</summary>
internal static class Sealed
{
    /// <summary>Every container but the vendor's plain nginx has no root, no capability, no way to gain one, and a root it cannot write to.</summary>
    public static async Task AssertAsync(RunningPod pod)
    {
        foreach (var container in pod.Containers.Where(container => container.Spec.Image.Split(':')[0] != "nginx"))
        {
            // The images have no shell: a container with one looks at the first process from beside it.
            var seen = await pod.DebugAsync("busybox:1.37", ["sh", "-c", "cat /proc/1/status /proc/1/mountinfo"], target: container.Name);

            Assert.True(seen.ExitCode == 0, seen.StandardError);
            Assert.DoesNotMatch(@"(?m)^Uid:\s+0\s", seen.StandardOutput);
            Assert.DoesNotMatch(@"(?m)^Gid:\s+0\s", seen.StandardOutput);
            Assert.Matches(@"(?m)^CapEff:\s+0{16}$", seen.StandardOutput);
            Assert.Matches(@"(?m)^CapBnd:\s+0{16}$", seen.StandardOutput);
            Assert.Matches(@"(?m)^NoNewPrivs:\s+1$", seen.StandardOutput);
            Assert.Matches(@"(?m)^Seccomp:\s+2$", seen.StandardOutput);
            Assert.Matches(@"(?m)^\d+ \d+ \d+:\d+ \S+ / ro,", seen.StandardOutput);
        }
    }
}
