namespace Sidecars.Ambassador.Tests.Resilience;

public sealed class RollingRestartTests
{
    [Fact]
    public async Task RollingRestart_OfThreeNginx_CostsNoRequest()
    {
        var nginx = new[] { await NginxServer.StartAsync(), await NginxServer.StartAsync(), await NginxServer.StartAsync() };
        try
        {
            await using var ambassador = await Ambassador.StartAsync($$"""
                services:
                  - name: web
                    listen: 127.0.0.1:$1
                    http: { upstreams: [ {{string.Join(", ", nginx.Select(n => $"\"http://127.0.0.1:{n.Port}\""))}} ] }
                """);
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(120) };
            using var done = new CancellationTokenSource();
            var load = Enumerable.Range(0, 4).Select(_ => SendUntilAsync(client, ambassador.Url(1), done.Token)).ToList();

            for (var i = 0; i < nginx.Length; i++)
            {
                await ServedAsync(nginx[i]);
                await nginx[i].DisposeAsync();
                nginx[i] = await NginxServer.StartAsync(new NginxSettings { Port = nginx[i].Port });
                await ServedAsync(nginx[i]);
            }

            await done.CancelAsync();
            var answers = (await Task.WhenAll(load)).SelectMany(a => a).ToList();

            Assert.NotEmpty(answers);
            Assert.All(answers, a => Assert.Equal("200 Hello, world!", a));
        }
        finally
        {
            foreach (var server in nginx)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Waits until requests have come to this server since it began: it has its part of the load.</summary>
    private static Task ServedAsync(NginxServer nginx) =>
        Eventually.True(() => File.Exists(nginx.AccessLog) && File.ReadLines(nginx.AccessLog).Any(), TimeSpan.FromSeconds(90));

    private static async Task<IReadOnlyCollection<string>> SendUntilAsync(HttpClient client, Uri url, CancellationToken done)
    {
        var answers = new HashSet<string>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!done.IsCancellationRequested)
        {
            using var response = await client.GetAsync(url, CancellationToken.None);
            answers.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
            await pace.WaitForNextTickAsync(CancellationToken.None);
        }

        return answers;
    }
}
