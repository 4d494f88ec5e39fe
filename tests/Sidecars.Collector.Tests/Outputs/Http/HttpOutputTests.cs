using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Sidecars.Collector.Options;
using Sidecars.Collector.Outputs;
using Sidecars.Collector.Outputs.Http;
using Sidecars.Collector.Tests.Records;
using Sidecars.Common.Configuration;
using Sidecars.Testing;

namespace Sidecars.Collector.Tests.Outputs.Http;

public sealed class HttpOutputTests
{
    [Theory]
    [InlineData(nameof(Compression.None), null)]
    [InlineData(nameof(Compression.Gzip), "gzip")]
    [InlineData(nameof(Compression.Zstd), "zstd")]
    public async Task WriteAsync_LargeBatch_ArrivesAsItIs(string compression, string? encoding)
    {
        await using var receiver = await HttpReceiver.StartAsync();
        using var output = Create(receiver, options =>
        {
            options.Compression = Enum.Parse<Compression>(compression);
            options.Method = HttpSendMethod.Put;
            options.Headers["X-Source"] = new Secret("tests");
        });
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"));
        Assert.True((await output.WriteAsync(Batches.Of(text), default)).IsAcknowledged);
        Assert.True((await output.WriteAsync(Batches.Of("next\n"), default)).IsAcknowledged);
        Assert.Equal([text, "next\n"], receiver.Requests.Select(request => request.Text));
        var first = receiver.Requests[0];
        Assert.Equal(("PUT", "/in", "tests", "text/plain", encoding), (first.Method, first.Path, first.Headers["X-Source"], first.Headers["Content-Type"], first.Headers.GetValueOrDefault("Content-Encoding")));
    }

    [Fact]
    public async Task WriteAsync_RetryAfterAsDate_IsTheTimeUntilThen()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero));
        receiver.Answer = _ => new(503) { RetryAfter = "Tue, 24 Nov 2026 03:02:00 GMT" };
        using var output = Create(receiver, time: time);
        var delivery = await output.WriteAsync(Batches.Of("1\n"), default);
        Assert.Equal(("unavailable", TimeSpan.FromMinutes(2)), (delivery.Failure, delivery.RetryAfter));
    }

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(507)]
    public void Verdict_WaitingMendsIt_IsTriedAgain(int status) => Assert.Equal("unavailable", HttpVerdict.Of(new HttpReply(status, default)).Failure);

    [Fact]
    public async Task WriteAsync_NobodyListens_IsAFailureToConnect()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var output = Create(new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}/"));
        Assert.Equal("connect", (await output.WriteAsync(Batches.Of("1\n"), default)).Failure);
    }

    [Fact]
    public async Task WriteAsync_ConnectionIsReset_IsTriedAgain()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = _ => null;
        using var output = Create(receiver);
        var delivery = await output.WriteAsync(Batches.Of("1\n"), default);
        Assert.Equal(("reset", false), (delivery.Failure, delivery.IsRefused));
        receiver.Answer = _ => new(204);
        Assert.True((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_NoAnswerInTime_IsATimeout()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        using var answering = new ManualResetEventSlim();
        receiver.Answer = _ =>
        {
            answering.Wait(TimeSpan.FromMinutes(1));
            return new(200);
        };
        var time = new FakeTimeProvider();
        using var output = Create(receiver, time: time);
        var writing = output.WriteAsync(Batches.Of("1\n"), default).AsTask();
        await Eventually.Equal(1, () => receiver.Requests.Count, TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("timeout", (await writing).Failure);
        answering.Set();
    }

    [Fact]
    public async Task WriteAsync_ProcessEnds_LeavesAtOnce()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        using var answering = new ManualResetEventSlim();
        receiver.Answer = _ =>
        {
            answering.Wait(TimeSpan.FromMinutes(1));
            return new(200);
        };
        using var output = Create(receiver);
        using var abort = new CancellationTokenSource();
        var writing = output.WriteAsync(Batches.Of("1\n"), abort.Token).AsTask();
        await Eventually.Equal(1, () => receiver.Requests.Count, TimeSpan.FromSeconds(60));
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        answering.Set();
    }

    [Fact]
    public async Task WriteAsync_TokenIsRenewed_IsSentAfterTheRefusal()
    {
        using var folder = new TempFolder();
        await using var receiver = await HttpReceiver.StartAsync();
        receiver.Answer = request => new(request.Headers["Authorization"] == "Bearer two" ? 200 : 401);
        var file = folder.Write("token", "one\n");
        var token = LoadSecret(folder, file);
        using var output = Create(receiver, options => options.Bearer = token);
        var delivery = await output.WriteAsync(Batches.Of("1\n"), default);
        Assert.Equal(("unauthorized", false), (delivery.Failure, delivery.IsRefused));
        folder.Write("token", "two\n");
        Assert.True((await output.WriteAsync(Batches.Of("1\n"), default)).IsAcknowledged);
    }

    [Fact]
    public async Task WriteAsync_Basic_SendsNameAndPassword()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        using var output = Create(receiver, options => options.Basic = new() { User = "me", Password = new Secret("pä:ss") });
        await output.WriteAsync(Batches.Of("1\n"), default);
        var header = receiver.Requests[0].Headers["Authorization"];
        Assert.Equal("me:pä:ss", Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])));
    }

    [Fact]
    public void Create_JsonArray_IsOneArrayOfTheRecords()
    {
        using var records = new TestRecords();
        var (output, format) = HttpOutput.Create("http", new HttpOutputOptions { Url = "http://localhost/", Encoding = HttpEncoding.JsonArray }, TestOutputs.Context());
        using (output)
        {
            using (format)
            {
                foreach (var count in (int[])[1, 3])
                {
                    var batch = TestOutputs.Batch(format!, [.. Enumerable.Range(0, count).Select(i => records.Create($"line {i}"))]);
                    using var document = JsonDocument.Parse(batch.Payload);
                    Assert.Equal(Enumerable.Range(0, count).Select(i => $"line {i}"), document.RootElement.EnumerateArray().Select(item => item.GetProperty("line").GetString()));
                }
            }
        }
    }

    private static Secret LoadSecret(TempFolder folder, string file)
    {
        var parts = $$"""[{ "text": "", "file": null }, { "text": "{{File.ReadAllText(file).Trim()}}", "file": "{{folder[Path.GetFileName(file)]}}" }]""";
        return JsonSerializer.Deserialize(parts, CollectorOptionsContext.Default.Secret)!;
    }

    private static Output Create(HttpReceiver receiver, Action<HttpOutputOptions>? change = null, TimeProvider? time = null) =>
        Create(new Uri(receiver.Url, "in"), change, time);

    private static Output Create(Uri url, Action<HttpOutputOptions>? change = null, TimeProvider? time = null)
    {
        var options = new HttpOutputOptions { Url = url.ToString(), Encoding = HttpEncoding.Raw };
        change?.Invoke(options);
        return HttpOutput.Create("http", options, TestOutputs.Context(time)).Output;
    }
}
