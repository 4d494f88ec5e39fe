namespace Sidecars.Ambassador.Tests.Tcp;

/// <summary>A real server that expects to be told who connects.</summary>
public sealed class RealProxyProtocolTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Nginx_IsToldTheApplicationsAddress(string version)
    {
        var port = FreePort.Next();
        await using var nginx = await NginxServer.StartAsync(new NginxSettings
        {
            Server = $"listen 127.0.0.1:{port} proxy_protocol; location = /who {{ return 200 $proxy_protocol_addr:$proxy_protocol_port-$proxy_protocol_server_port; }}",
        });
        await using var ambassador = await Ambassador.StartAsync($$"""
            services:
              - name: web
                listen: 127.0.0.1:$1
                tcp: { upstreams: [ "127.0.0.1:{{port}}" ], proxy_protocol: {{version}}, health: { interval: 100ms } }
            """);
        using var client = new TcpClient("127.0.0.1", ambassador.Port(1));
        await client.GetStream().WriteAsync("GET /who HTTP/1.0\r\n\r\n"u8.ToArray());

        var answer = await new StreamReader(client.GetStream()).ReadToEndAsync();

        Assert.EndsWith($"\r\n127.0.0.1:{((IPEndPoint)client.Client.LocalEndPoint!).Port}-{ambassador.Port(1)}", answer, StringComparison.Ordinal);
        await Eventually.True(async () => await ambassador.MetricAsync("sidecars_ambassador_tcp_health_checks_total", ("result", "ok")) > 2);
        Assert.DoesNotContain("broken header", await File.ReadAllTextAsync(Path.Combine(nginx.Folder, "error.log")), StringComparison.Ordinal);
    }
}
