using Microsoft.Win32.SafeHandles;

namespace Sidecars.Common.Hosting;

/// <summary>Copies what <c>/tap</c> says to standard output.</summary>
internal static class TapClient
{
    private const int StandardOutput = 1;

    public static async Task<int> RunAsync(AdminOptions admin, IEnumerable<(string Key, string? Value)> parameters, CancellationToken cancellation)
    {
        var query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"));
        using var client = AdminClient.Create(admin, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await client.GetAsync(new Uri($"tap?{query}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                await Console.Error.WriteAsync(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
                return response.StatusCode == System.Net.HttpStatusCode.BadRequest ? ExitCodes.BadUsage : ExitCodes.Failure;
            }

            var lines = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await using (lines.ConfigureAwait(false))
            {
                return await CopyAsync(lines, cancellation).ConfigureAwait(false);
            }
        }
        catch (HttpRequestException e)
        {
            await Console.Error.WriteLineAsync($"no answer from {admin.Listen}: {e.GetBaseException().Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    private static async Task<int> CopyAsync(Stream lines, CancellationToken cancellation)
    {
        // the console's own stream keeps silent about a reader that has gone away, and this would never end
        using var handle = new SafeFileHandle(StandardOutput, ownsHandle: false);
        var output = new FileStream(handle, FileAccess.Write, bufferSize: 0);
        await using (output.ConfigureAwait(false))
        {
            var buffer = new byte[64 << 10];
            while (await ReadAsync(lines, buffer, cancellation).ConfigureAwait(false) is > 0 and var count)
            {
                try
                {
                    await output.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    // who read it has seen enough
                    break;
                }
            }
        }

        return ExitCodes.Success;
    }

    /// <summary>0 at the end, also where the sidecar's process ended without a word.</summary>
    private static async ValueTask<int> ReadAsync(Stream lines, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await lines.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return 0;
        }
    }
}
