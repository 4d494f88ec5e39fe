using System.Net.Http.Headers;
using System.Text;
using Sidecars.Adapter.Exposition;
using Sidecars.Adapter.Merging;
using Sidecars.Adapter.Options;
using Sidecars.Common.Metrics;

namespace Sidecars.Adapter.RemoteWriting;

/// <summary>How a push ended; without a failure it was taken whole.</summary>
/// <param name="Samples">The samples that were taken.</param>
/// <param name="Failure">Why the rest was not: timeout, connect, status (which may pass) or rejected (which will not).</param>
internal readonly record struct PushOutcome(int Samples, string? Failure);

/// <summary>
/// Pushes the whole page as it is now. What fails is not kept for later: the next push tells newer figures of the same series, and
/// counters lose nothing by a gap.
/// </summary>
internal sealed class RemoteWriter(MetricsPage page, RemoteWriteMetrics metrics, TimeProvider time, ILogger<RemoteWriter> log) : IDisposable
{
    private const int FirstServerError = 500;
    private const int TooManyRequests = 429;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private bool _isFailing;

    /// <summary>One push. Ends with an exception only when it was given up from outside.</summary>
    public async Task<PushOutcome> PushAsync(RemoteWriteOptions options, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var sent = 0;
            foreach (var (body, samples) in WriteRequests.Of(await SamplesAsync(options, cancellation), options.Labels, time.GetUtcNow().ToUnixTimeMilliseconds()))
            {
                var (failure, detail) = await SendAsync(options, body, cancellation);
                Note(failure, detail);
                if (failure is not null)
                {
                    return new PushOutcome(sent, failure);
                }

                metrics.Samples.Inc(samples);
                sent += samples;
            }

            return new PushOutcome(sent, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _gate.Dispose();
    }

    private async Task<IEnumerable<SampleText>> SamplesAsync(RemoteWriteOptions options, CancellationToken cancellation)
    {
        using var text = new MemoryStream();
        await page.WriteAsync(text, new MetricsRequest(Timeout: options.Timeout), cancellation);
        return MetricsPageText.Parse(Encoding.UTF8.GetString(text.GetBuffer().AsSpan(0, (int)text.Length))).Families.SelectMany(family => family.Samples);
    }

    private async Task<(string? Failure, string Detail)> SendAsync(RemoteWriteOptions options, byte[] body, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var request = Request(options, body);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode ? (null, "")
                : (status is >= FirstServerError or TooManyRequests ? "status" : "rejected", $"{options.Url} answered {status}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return ("timeout", $"no answer from {options.Url} within {options.Timeout.TotalSeconds} s");
        }
        catch (HttpRequestException e)
        {
            return ("connect", e.Message);
        }
    }

    private static HttpRequestMessage Request(RemoteWriteOptions options, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Content.Headers.ContentEncoding.Add("snappy");
        request.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        request.Headers.UserAgent.ParseAdd("sidecars-adapter");
        if (options.Authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization.Reveal().Trim());
        }

        return request;
    }

    /// <summary>Logs when it changes between working and failing, not at every push.</summary>
    private void Note(string? failure, string detail)
    {
        if (failure is not null)
        {
            metrics.Failures.WithLabels(failure).Inc();
            if (!_isFailing)
            {
                log.PushFailed(failure, detail);
            }
        }
        else if (_isFailing)
        {
            log.PushRecovered();
        }

        _isFailing = failure is not null;
    }
}

/// <summary>What pushing tells in the adapter's own log.</summary>
internal static partial class RemoteWriteLog
{
    [LoggerMessage(551, LogLevel.Warning, "Remote write failed, {Reason}: {Detail}")]
    public static partial void PushFailed(this ILogger log, string reason, string detail);

    [LoggerMessage(552, LogLevel.Information, "Remote write works again")]
    public static partial void PushRecovered(this ILogger log);
}
