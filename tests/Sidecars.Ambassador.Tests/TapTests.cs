namespace Sidecars.Ambassador.Tests;

public class TapTests
{
    [Fact]
    public async Task shows_the_finished_requests_that_are_asked_for_whatever_the_access_log_writes()
    {
        await using var ambassador = await Ambassador.StartAsync(
            """
            access_log: off
            services: [{ name: shop, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:$9'] } }]
            """);
        using var client = new HttpClient();
        using var response = await client.GetAsync(
            new Uri($"http://127.0.0.1:{ambassador.AdminPort}/tap?service=shop&n=1&where={Uri.EscapeDataString("status == 502 and Path ends_with \"2\"")}"), HttpCompletionOption.ResponseHeadersRead);
        using var tap = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        // nothing listens on $9
        await client.GetAsync(ambassador.Url(1, "/1?secret=x"));
        var answer = await client.GetAsync(ambassador.Url(1, "/2?secret=x"));

        using var request = JsonDocument.Parse(await tap.ReadLineAsync() ?? "");
        Assert.Equal((int)answer.StatusCode, request.RootElement.GetProperty("Status").GetInt32());
        Assert.Equal("/2", request.RootElement.GetProperty("Path").GetString());
        Assert.Equal("shop", request.RootElement.GetProperty("Service").GetString());
        Assert.Equal("connect", request.RootElement.GetProperty("Reason").GetString());
        Assert.Null(await tap.ReadLineAsync());
    }

    [Fact]
    public async Task command_shows_so_many_and_ends()
    {
        await using var ambassador = await Ambassador.StartAsync("services: [{ name: shop, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:$9'] } }]");
        using var client = new HttpClient();
        await using var command = SidecarProcess.Start(
            "ambassador", 0, ["tap", "--config", Path.Combine(ambassador.Folder, "config", "ambassador.yaml"), "--service", "shop", "--where", "Status >= 500 and Tries > 0", "-n", "1"]);

        // it sees only what comes after it
        await Eventually.True(async () =>
        {
            using var response = await client.GetAsync(ambassador.Url(1, "/seen"));
            return command.Output.Contains('\n', StringComparison.Ordinal);
        });

        Assert.Equal(0, await command.WaitForExitAsync());
        using var request = JsonDocument.Parse(Assert.Single(command.Output.TrimEnd('\n').Split('\n')));
        Assert.Equal(("/seen", 502), (request.RootElement.GetProperty("Path").GetString(), request.RootElement.GetProperty("Status").GetInt32()));
        Assert.Equal(JsonValueKind.Number, request.RootElement.GetProperty("Milliseconds").ValueKind);
    }

    [Fact]
    public async Task field_that_requests_do_not_have_is_refused_and_named()
    {
        await using var ambassador = await Ambassador.StartAsync("services: [{ name: shop, listen: '127.0.0.1:$1', http: { upstreams: ['http://127.0.0.1:$9'] } }]");

        var (status, body) = await ambassador.Process.GetAsync("tap?where=" + Uri.EscapeDataString("level >= warn"));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("where: there is no field 'level'; there is: Service, Method,", body, StringComparison.Ordinal);
    }
}
