using System.Collections.Concurrent;
using PuppeteerSharp;

namespace Sidecars.Browser.Tests;

/// <summary>A page in the browser, and what it complained of: what breaks the page's policy is told on the console.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IPage _page;

    internal OpenPage(IPage page)
    {
        _page = page;
        page.Console += (_, message) => Complaints.Enqueue($"{message.Message.Type}: {message.Message.Text}");
        page.PageError += (_, error) => Complaints.Enqueue(error.Message);
        page.RequestFailed += (_, request) => Complaints.Enqueue($"{request.Request.Url}: {request.Request.FailureText}");
        page.Request += (_, request) => Requests.Enqueue(request.Request.Url);
    }

    /// <summary>The console, errors of scripts, requests that failed.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>Everything that was asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The answer to the first request.</summary>
    public IResponse? Response { get; internal set; }

    /// <summary>The value of an expression in the page; the page's policy is for the page's own scripts.</summary>
    public Task<T> ValueAsync<T>(string expression) => _page.EvaluateExpressionAsync<T>(expression);

    /// <summary>A picture of the whole page, for people to look at.</summary>
    public Task SaveAsync(string path) => _page.ScreenshotAsync(path, new ScreenshotOptions { FullPage = true });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _page.DisposeAsync();
}
