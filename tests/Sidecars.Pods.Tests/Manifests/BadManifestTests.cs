using Sidecars.Testing;
using Sidecars.Testing.Pods;
using YamlDotNet.Core;

namespace Sidecars.Pods.Tests.Manifests;

/// <summary>Every rule can fail: a true sample with one thing spoiled breaks exactly that rule.</summary>
public sealed class BadManifestTests
{
    [Theory]
    [InlineData("- name: ambassador\n      image", "- name: embassy\n      image", "unknown container 'embassy'")]
    [InlineData("- name: adapter\n      image", "- name: ambassador\n      image", "two containers named 'ambassador'")]
    [InlineData("      image: sidecars/adapter:0.1.0\n", "", "adapter: no image")]
    [InlineData("sidecars/adapter:0.1.0", "sidecars/adapter", "adapter: image 'sidecars/adapter' has no fixed tag")]
    [InlineData("sidecars/adapter:0.1.0", "sidecars/adapter:latest", "adapter: image 'sidecars/adapter:latest' has no fixed tag")]
    [InlineData("sidecars/adapter:0.1.0", "sidecars/collector:0.1.0", "adapter: image 'sidecars/collector:0.1.0' does not belong to this name")]
    [InlineData("adapter:0.1.0\n      restartPolicy: Always", "adapter:0.1.0", "adapter: is Init, not Sidecar")]
    [InlineData("  initContainers:\n", "  initContainers:\n    - { name: ambassador, image: \"sidecars/ambassador:0.1.0\", restartPolicy: Always }\n", "log-collector: is not the first, so it does not end last")]
    [InlineData("path: /readyz\n          port: 9100", "path: /readyz\n          port: 9101", "adapter: the readiness probe asks 9101/readyz, not 9100/readyz")]
    [InlineData("path: /healthz\n          port: 9100", "path: /health\n          port: 9100", "adapter: the liveness probe asks 9100/health, not 9100/healthz")]
    [InlineData("startupProbe:\n        httpGet:\n          path: /startupz\n          port: 9102", "startupProbe:\n        tcpSocket:\n          port: 9102", "ambassador: no startup probe over HTTP")]
    [InlineData("fieldPath: metadata.uid", "fieldPath: metadata.name", "log-collector: POD_UID is not metadata.uid")]
    [InlineData("containerPort: 9102", "containerPort: 9109", "ambassador: the admin port 9102 is not declared")]
    [InlineData("- name: ambassador\n          containerPort", "- name: adapter\n          containerPort", "two ports named 'adapter'")]
    [InlineData("prometheus.io/port: \"9100\"", "prometheus.io/port: \"8080\"", "the scrape annotations do not lead to an admin port")]
    [InlineData("        limits:\n          cpu: \"1\"\n          memory: 128Mi\n", "", "ambassador: memory has no request, no limit, or a request above it")]
    [InlineData("memory: 48Mi", "memory: 480Mi", "ambassador: memory has no request, no limit, or a request above it")]
    [InlineData("    - name: collector-state\n      emptyDir:\n        sizeLimit: 16Mi\n", "", "log-collector: mounts 'collector-state', which is not a volume of the pod")]
    [InlineData("        - name: collector-state\n          mountPath: /var/lib/sidecars\n", "", "volume 'collector-state' is mounted nowhere")]
    [InlineData("emptyDir:\n        sizeLimit: 16Mi", "emptyDir: {}", "volume 'collector-state' has no sizeLimit")]
    [InlineData("        name: nginx-all\n        items:\n          - key: default.conf", "        name: nginx-none\n        items:\n          - key: default.conf", "volume 'nginx-config' wants the ConfigMap 'nginx-none', which is not in the file")]
    [InlineData("- key: default.conf", "- key: nginx.conf", "volume 'nginx-config' wants the key 'nginx.conf', which ConfigMap 'nginx-all' lacks")]
    [InlineData("mountPath: /etc/sidecars\n", "mountPath: /etc/sidecars/ambassador.yaml\n          subPath: ambassador.yaml\n", "ambassador: 'ambassador-config' is mounted by subPath, which is never updated")]
    [InlineData("        - name: shared-logs\n          mountPath: /var/log/nginx\n          readOnly: true\n        - name: collector-logs", "        - name: collector-state\n          mountPath: /var/log/nginx\n          readOnly: true\n        - name: collector-logs", "log-collector: /var/log/nginx is 'collector-state', not 'shared-logs'")]
    [InlineData("          mountPath: /var/log/nginx\n          readOnly: true\n        - name: collector-logs", "          mountPath: /var/log/nginx\n        - name: collector-logs", "log-collector: can write to nginx's logs")]
    [InlineData("  automountServiceAccountToken: false", "  automountServiceAccountToken: false\n  hostNetwork: true", "the pod shares a namespace of the host")]
    [InlineData("  automountServiceAccountToken: false\n", "", "the pod mounts a service account's token that nobody needs")]
    [InlineData("    - name: tmp\n      emptyDir:\n        sizeLimit: 64Mi", "    - name: tmp\n      hostPath:\n        path: /tmp", "volume 'tmp' is of a kind that the samples do not need")]
    [InlineData("    runAsNonRoot: true\n    seccompProfile", "    seccompProfile", "nginx-container: runAsNonRoot is not true")]
    [InlineData("        runAsNonRoot: true\n", "        runAsNonRoot: true\n        runAsUser: 0\n", "log-collector: runAsUser is 0")]
    [InlineData("        allowPrivilegeEscalation: false\n", "", "log-collector: allowPrivilegeEscalation is not false")]
    [InlineData("        allowPrivilegeEscalation: false\n", "        allowPrivilegeEscalation: false\n        privileged: true\n", "log-collector: privileged")]
    [InlineData("drop: [ALL]", "drop: [NET_RAW]", "log-collector: does not drop ALL capabilities")]
    [InlineData("drop: [ALL]", "drop: [ALL]\n          add: [SYS_PTRACE]", "log-collector: adds capabilities")]
    [InlineData("        seccompProfile:\n          type: RuntimeDefault", "        seccompProfile:\n          type: Unconfined", "log-collector: seccompProfile is not RuntimeDefault")]
    [InlineData("        readOnlyRootFilesystem: true\n", "        procMount: Unmasked\n        readOnlyRootFilesystem: true\n", "log-collector: procMount is not the default")]
    [InlineData("        readOnlyRootFilesystem: true\n", "", "log-collector: readOnlyRootFilesystem is not true")]
    [InlineData("containerPort: 9101", "containerPort: 9101\n          hostPort: 9101", "log-collector: a host port")]
    [InlineData("          path: /startupz\n          port: 9101", "          host: 127.0.0.1\n          path: /startupz\n          port: 9101", "log-collector: a probe names a host")]
    public void Rule_OfASpoiledSample_IsBroken(string old, string spoiled, string breach)
    {
        Assert.Contains(breach, ManifestRules.Breaches(Manifest.Parse(Spoil(Samples.Text("nginx-all"), old, spoiled))));
    }

    [Theory]
    [InlineData("    - name: adapter\n", "    - name: adapter\n      imagePolicy: Never\n")]
    [InlineData("    - name: adapter\n", "    - name: adapter\n      name: adapter\n")]
    [InlineData("periodSeconds: 1\n", "periodSeconds: soon\n")]
    [InlineData("memory: 48Mi", "memory: 48Megabytes")]
    [InlineData("  restartPolicy: Always", "  restart: Always")]
    public void Parsing_OfASpoiledSample_IsStrict(string old, string spoiled)
    {
        var text = Spoil(Samples.Text("nginx-all"), old, spoiled);

        Assert.ThrowsAny<Exception>(() => ManifestRules.Breaches(Manifest.Parse(text)));
    }

    [Fact]
    public void Parsing_OfAPodMonitorWithAnUnknownField_IsStrict() => Assert.Throws<YamlException>(
        () => Manifest.Parse(Spoil(Samples.Text("podmonitor"), "    - port: adapter\n", "    - port: adapter\n      every: 30s\n")));

    [Theory]
    [InlineData("value: adapter", "value: adaptor", "testing value /spec/initContainers/2/name failed|not equal to the test value 'adaptor'")]
    [InlineData("from: /spec/initContainers/2", "from: /spec/initContainers/7", "Unable to access invalid index|'7' is out of bounds")]
    public async Task Overlay_WithAWrongName_IsNotRendered(string old, string spoiled, string complaint)
    {
        using var folder = new TempFolder();
        folder.Write("nginx-all.yaml", Samples.Text("nginx-all"));
        var overlay = File.ReadAllText(Path.Combine(Samples.Overlay("nginx-all"), "kustomization.yaml"));
        folder.Write("plain/nginx-all/kustomization.yaml", Spoil(overlay, old, spoiled));

        // in the words of kustomize, or of what stands in for it
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => Kustomize.RenderAsync(folder["plain/nginx-all"]));

        Assert.Matches(complaint, exception.Message);
    }

    /// <summary>What a strategic patch leaves that names a wrong container: kustomize adds one, and nothing complains but the rule.</summary>
    [Fact]
    public void ContainerThatAPatchMadeUp_HasNoImageAndNoName()
    {
        var text = Spoil(
            Samples.Text("nginx-all"),
            "  containers:\n",
            "    - name: colector\n      env: [{ name: COLLECTOR_FILE, value: /var/log/other.log }]\n  containers:\n");

        var breaches = ManifestRules.Breaches(Manifest.Parse(text));

        Assert.Contains("colector: no image", breaches);
        Assert.Contains("unknown container 'colector'", breaches);
    }

    private static string Spoil(string text, string old, string spoiled)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the sample no longer has: {old}");
        return text[..at] + spoiled + text[(at + old.Length)..];
    }
}
