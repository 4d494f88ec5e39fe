namespace Sidecars.Common.Hosting;

/// <summary>The client side of the health endpoints, for images that have no shell and no curl.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(AdminOptions admin, string probe, CancellationToken cancellation)
    {
        var path = probe switch { "live" => "healthz", "startup" => "startupz", _ => "readyz" };
        using var client = AdminClient.CreateForHealth(admin, Deadline);
        try
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            await Console.Out.WriteAsync(text).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"no answer from {admin.PlainListen ?? admin.Listen}: {e.GetBaseException().Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }
}
