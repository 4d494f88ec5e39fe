using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sidecars.Adapter.Tests.Sources;
using Sidecars.Testing;

namespace Sidecars.Adapter.Tests.Hostile;

/// <summary>Pages that never begin, never end, or are not what they should be; all of them at every scrape.</summary>
public sealed class BadPagesTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    private const int Scrapes = 3;

    private readonly TempFolder _folder = new();
    private readonly List<MisbehavingServer> _servers = [];

    // bound, so that nobody else has its port, and never listening
    private readonly Socket _refusing = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public BadPagesTests() => _refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        _refusing.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task EveryBadPageAtEveryScrape_EachIsCountedWithItsReasonAndTheOthersStand()
    {
        var nested = new string('[', 200_000);
        var items = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"{{\"n\":\"{i}\",\"v\":1}}"));
        (string Name, string Reason, string Input)[] pages =
        [
            ("endless", "too_large", Page(Ok + "{", MisbehaviourAfter.Floods, "1m")),
            ("endless_header", "protocol", Page("HTTP/1.1 200 OK\r\nx: ", MisbehaviourAfter.Floods, "1m")),
            ("silent", "timeout", Page("", MisbehaviourAfter.Hangs, "100ms")),
            ("slow_header", "timeout", Page("HTTP/1.1 200 OK\r\n", MisbehaviourAfter.Hangs, "100ms")),
            ("slow_body", "timeout", Page("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"v\":", MisbehaviourAfter.Hangs, "100ms")),
            ("cut_off", "protocol", Page("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"v\":", MisbehaviourAfter.Closes, "1m")),
            ("closed", "protocol", Page("", MisbehaviourAfter.Closes, "1m")),
            ("garbage", "protocol", Page("\u0000\u00ff\u0001\n\n", MisbehaviourAfter.Closes, "1m")),
            ("refused", "connect", $"http: \"http://{_refusing.LocalEndPoint}/\", timeout: 1m"),
            ("error", "status", Page("HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n{\"v\":1}", MisbehaviourAfter.Closes, "1m")),
            ("redirect", "status", Page("HTTP/1.1 302 Found\r\nLocation: /\r\nConnection: close\r\n\r\n", MisbehaviourAfter.Closes, "1m")),
            ("empty", "unparsed", Page(Ok, MisbehaviourAfter.Closes, "1m")),
            ("binary", "unparsed", Page(Ok + "\u0000\u00ff\u0001", MisbehaviourAfter.Closes, "1m")),
            ("half", "unparsed", Page(Ok + "{\"v\":1", MisbehaviourAfter.Closes, "1m")),
            ("nested", "unparsed", Page(Ok + nested, MisbehaviourAfter.Closes, "1m")),
        ];
        var inputs = pages.Select(page => $"  {page.Name}: {{ {page.Input}, json: $, up: {page.Name}_up, metrics: [ {{ gauge: {page.Name}_value, value: v }} ] }}");
        await using var adapter = await AdapterUnderAttack.StartAsync($$"""
            {{string.Join('\n', inputs)}}
              wrong: { {{Page(Ok + "{\"v\":\"many\",\"w\":1e999,\"x\":[1],\"y\":2}", MisbehaviourAfter.Closes, "1m")}}, json: $, metrics: [ { gauge: wrong_v, value: v }, { gauge: wrong_w, value: w }, { gauge: wrong_x, value: x }, { gauge: wrong_y, value: y } ] }
              bomb: { {{Page(Ok + $"[{items}]", MisbehaviourAfter.Closes, "1m")}}, json: '$[*]', metrics: [ { gauge: bomb_value, value: v, labels: [n] } ] }
            """, _folder);

        var page = MetricsText.Parse("");
        for (var i = 0; i < Scrapes; i++)
        {
            await adapter.SayGoodAsync();
            page = await adapter.Process.MetricsAsync();
        }

        foreach (var (name, reason, _) in pages)
        {
            Assert.True(
                page.Find("sidecars_adapter_source_errors_total", ("input", name), ("reason", reason)) == Scrapes,
                $"{name}: {string.Join("; ", page.Samples.Where(sample => sample.Labels.GetValueOrDefault("input") == name))}");
            Assert.Equal(0, page.Value(name + "_up"));
            Assert.Null(page.Find(name + "_value"));
        }

        Assert.True(page.Value("sidecars_adapter_page_duration_seconds", ("input", "silent")) > .05); // its timeout is 100 ms
        Assert.Equal(2, page.Value("wrong_y"));
        Assert.Equal(2 * Scrapes, page.Value("sidecars_adapter_values_unreadable_total", ("input", "wrong"))); // a list is no value at all
        Assert.Equal(AdapterUnderAttack.PerMetric + 1, page.Samples.Count(sample => sample.Name == "bomb_value"));
        Assert.Equal((50_000 - AdapterUnderAttack.PerMetric) * Scrapes, page.Value("sidecars_adapter_series_overflow_total", ("metric", "bomb_value")));
        await adapter.AssertUnharmedAsync();
    }

    private string Page(string answer, MisbehaviourAfter after, string timeout)
    {
        var server = new MisbehavingServer(Encoding.Latin1.GetBytes(answer), after);
        _servers.Add(server);
        return string.Create(CultureInfo.InvariantCulture, $"http: \"{server.Url}\", timeout: {timeout}");
    }
}
