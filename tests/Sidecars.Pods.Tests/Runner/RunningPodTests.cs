using Sidecars.Testing;
using Sidecars.Testing.Pods;

namespace Sidecars.Pods.Tests.Runner;

/// <summary>What the other tests lean on: that the runner plays the kubelet truly. Shown with busybox alone.</summary>
public sealed class RunningPodTests
{
    private const string OrderedPod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: ordered
          labels: { app: web }
        spec:
          terminationGracePeriodSeconds: 20
          initContainers:
            - name: first
              image: busybox:1.37
              restartPolicy: Always
              command: [sh, -c, "trap 'echo first ends >>/shared/order; exit 3' TERM; echo first starts >>/shared/order; while :; do sleep 0.05; done"]
              volumeMounts: [{ name: shared, mountPath: /shared }]
            - name: gated
              image: busybox:1.37
              restartPolicy: Always
              command: [sh, -c, "trap 'echo gated ends >>/shared/order; exit 0' TERM; echo gated starts >>/shared/order; mkdir /tmp/www; echo ok >/tmp/www/startupz; httpd -p 9101 -h /tmp/www; while :; do sleep 0.05; done"]
              startupProbe: { httpGet: { path: /startupz, port: 9101 }, failureThreshold: 30, periodSeconds: 1 }
              volumeMounts: [{ name: shared, mountPath: /shared }]
            - name: prepare
              image: busybox:1.37
              command: [sh, -c, "wget -q -O - http://127.0.0.1:9101/startupz && echo prepared >>/shared/order"]
              volumeMounts: [{ name: shared, mountPath: /shared }]
          containers:
            - name: main
              image: busybox:1.37
              command: [sh, -c, "trap 'echo main ends >>/shared/order; exit 0' TERM; echo main starts >>/shared/order; echo to out; echo to err >&2; while :; do sleep 0.05; done"]
              volumeMounts: [{ name: shared, mountPath: /shared }]
          volumes:
            - { name: shared, emptyDir: {} }
        """;

    [Fact]
    public async Task Pod_StartedAndStopped_FollowsTheKubernetesOrder()
    {
        await using var pod = await RunningPod.StartAsync(Manifest.Parse(OrderedPod));
        var order = Path.Combine(pod.VolumeFolder("shared"), "order");
        await Eventually.True(() => File.ReadAllText(order).Contains("main starts", StringComparison.Ordinal));

        var ends = await pod.StopAsync();

        Assert.Equal(
            ["first starts", "gated starts", "prepared", "main starts", "main ends", "gated ends", "first ends"],
            await File.ReadAllLinesAsync(order));
        Assert.Equal([("main", 0L), ("gated", 0L), ("first", 3L)], ends.Select(end => (end.Name, end.ExitCode)));
        Assert.Equal(("to out\n", "to err\n"), await pod["main"].LogsAsync());
    }

    [Fact]
    public async Task Container_WithSecurityAndLimits_RunsUnderThem()
    {
        await using var pod = await RunningPod.StartAsync(Manifest.Parse("""
            apiVersion: v1
            kind: Pod
            metadata:
              name: restricted
              labels: { app: web }
            spec:
              securityContext: { runAsNonRoot: true, fsGroup: 2000 }
              containers:
                - name: main
                  image: busybox:1.37
                  command: [sleep, "$(SECONDS)"]
                  env:
                    - { name: SECONDS, value: "1000" }
                    - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
                    - { name: POD_APP, valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }
                    - { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
                    - { name: LIMIT, valueFrom: { resourceFieldRef: { resource: limits.memory } } }
                  securityContext:
                    runAsUser: 1654
                    runAsGroup: 1654
                    readOnlyRootFilesystem: true
                    allowPrivilegeEscalation: false
                    capabilities: { drop: [ALL] }
                  resources: { limits: { memory: 32Mi, cpu: 500m } }
            """), new PodSettings { Hosts = new Dictionary<string, string> { ["api.example.com"] = "192.0.2.7" } });

        var main = pod["main"];
        Assert.Contains("Read-only file system", (await main.ExecAsync("touch", "/x")).StandardError, StringComparison.Ordinal);
        var status = (await main.ExecAsync("cat", "/proc/1/status")).StandardOutput;
        Assert.Matches(@"Uid:\t1654\t.*\n.*Gid:\t1654\t[\s\S]*Groups:\t[0-9 ]*2000", status);
        Assert.Contains("CapEff:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("CapBnd:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2", status, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7", (await main.ExecAsync("cat", "/etc/hosts")).StandardOutput, StringComparison.Ordinal);
        var environment = (await main.ExecAsync("env")).StandardOutput.Split('\n');
        foreach (var variable in (string[])["POD_NAME=restricted", "POD_APP=web", $"POD_IP={pod.PodAddress}", $"LIMIT={32 << 20}"])
        {
            Assert.Contains(variable, environment);
        }

        var inspected = await main.InspectAsync();
        Assert.Equal(32 << 20, inspected.HostConfig!.Memory);
        Assert.Equal(500_000_000, inspected.HostConfig.NanoCPUs);
        Assert.Equal("sleep\u00001000\u0000", (await main.ExecAsync("cat", "/proc/1/cmdline")).StandardOutput);
    }

    [Fact]
    public async Task ConfigMapVolume_Updated_SwapsEveryKeyAtOnce()
    {
        await using var pod = await RunningPod.StartAsync(Manifest.Parse("""
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: settings }
            data: { a.conf: one, gone.conf: x }
            ---
            apiVersion: v1
            kind: Pod
            metadata: { name: configured }
            spec:
              containers:
                - name: main
                  image: busybox:1.37
                  command: [sleep, "1000"]
                  volumeMounts:
                    - { name: settings, mountPath: /etc/settings }
                    - { name: settings, mountPath: /etc/single, subPath: a.conf }
              volumes:
                - { name: settings, configMap: { name: settings } }
            """));
        Assert.Equal("one", (await pod["main"].ExecAsync("cat", "/etc/settings/a.conf")).StandardOutput);

        pod.ConfigMapVolume("settings").Update(new Dictionary<string, string> { ["a.conf"] = "two", ["b.conf"] = "new" });

        Assert.Equal("twonew", (await pod["main"].ExecAsync("cat", "/etc/settings/a.conf", "/etc/settings/b.conf")).StandardOutput);
        Assert.Equal("a.conf\nb.conf\n", (await pod["main"].ExecAsync("ls", "/etc/settings")).StandardOutput);
        Assert.StartsWith("..version_", (await pod["main"].ExecAsync("readlink", "/etc/settings/..data")).StandardOutput, StringComparison.Ordinal);
        Assert.Equal("one", (await pod["main"].ExecAsync("cat", "/etc/single")).StandardOutput);
        Assert.NotEqual(0, (await pod["main"].ExecAsync("touch", "/etc/settings/c")).ExitCode);
    }

    [Fact]
    public async Task DebugContainer_JoinsThePod_ReachesItsLocalhost()
    {
        await using var pod = await RunningPod.StartAsync(Manifest.Parse("""
            apiVersion: v1
            kind: Pod
            metadata: { name: served }
            spec:
              containers:
                - name: main
                  image: busybox:1.37
                  command: [sh, -c, "echo hello >/tmp/x; exec httpd -f -p 127.0.0.1:8080 -h /tmp"]
            """));

        var answer = await pod.DebugAsync("busybox:1.37", ["sh", "-c", "until wget -q -O - http://127.0.0.1:8080/x; do sleep 0.1; done"]);
        var processes = await pod.DebugAsync("busybox:1.37", ["cat", "/proc/1/cmdline"], target: "main");

        Assert.Equal((0, "hello\n"), (answer.ExitCode, answer.StandardOutput));
        Assert.StartsWith("httpd\0-f", processes.StandardOutput, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("command: [sh, -c, 'echo no such file >&2; exit 7']", "ended before its startup probe succeeded")]
    [InlineData("command: [sleep, '1000']", "the startup probe of container 'broken'")]
    [InlineData("securityContext: { runAsNonRoot: true }", "has runAsNonRoot")]
    [InlineData("lifecycle: { preStop: { sleep: { seconds: 5 } } }", "lifecycle hooks are not played")]
    [InlineData("envFrom: [{ configMapRef: { name: x } }]", "envFrom is not played")]
    public async Task Pod_ThatCannotStart_SaysWhyAndLeavesNothing(string line, string expected)
    {
        var manifest = Manifest.Parse($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: failing }
            spec:
              initContainers:
                - name: broken
                  image: busybox:1.37
                  restartPolicy: Always
                  {{line}}
                  startupProbe: { httpGet: { path: /, port: 9101 }, failureThreshold: 1, periodSeconds: 1 }
              containers:
                - { name: main, image: "busybox:1.37" }
            """);
        using var engine = ContainerEngine.Connect();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningPod.StartAsync(manifest));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Empty(await engine.ContainersOfAsync("failing"));
    }

    [Fact]
    public async Task Main_ThatIgnoresTheSignal_IsKilledAfterTheGracePeriod()
    {
        await using var pod = await RunningPod.StartAsync(Manifest.Parse("""
            apiVersion: v1
            kind: Pod
            metadata: { name: stubborn }
            spec:
              terminationGracePeriodSeconds: 1
              initContainers:
                - name: sidecar
                  image: busybox:1.37
                  restartPolicy: Always
                  command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 0.05; done"]
              containers:
                - { name: main, image: "busybox:1.37", command: [sleep, "1000"] }
            """));

        var ends = await pod.StopAsync();

        Assert.Equal([("main", 137L), ("sidecar", 0L)], ends.Select(end => (end.Name, end.ExitCode)));
    }
}
